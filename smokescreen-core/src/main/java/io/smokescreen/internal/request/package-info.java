/** From the untrusted head of a request to a trusted value. */
@NullMarked
package io.smokescreen.internal.request;

import org.jspecify.annotations.NullMarked;
