package io.smokescreen.internal.request;

import static java.util.Objects.requireNonNull;

/**
 * The cause of a failed {@link io.netty.handler.codec.DecoderResult}. It has no stack trace: hostile peers produce these
 * at line rate, and the place in the parser says nothing the reason does not.
 */
public final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Malformation reason;

    public MalformedMessageException(Malformation reason) {
        super(requireNonNull(reason, "reason").text(), null, false, false);
        this.reason = reason;
    }

    public Malformation reason() {
        return reason;
    }
}
