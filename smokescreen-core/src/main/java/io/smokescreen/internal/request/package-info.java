/**
 * From the untrusted head of a request to a trusted value, and back to bytes that are ours.
 *
 * <p>Starting points, in the order of a request: {@link io.smokescreen.internal.request.RequestDecoder} lets a well-formed
 * head through; {@link io.smokescreen.internal.request.RequestParser} makes it a {@link
 * io.smokescreen.internal.request.Request}; {@link io.smokescreen.internal.request.OutgoingMessages} builds what the origin
 * and the client get; {@link io.smokescreen.internal.request.ResponseDecoder} reads the origin's answer.
 */
@NullMarked
package io.smokescreen.internal.request;

import org.jspecify.annotations.NullMarked;
