package io.smokescreen.internal.relay;

import io.netty.handler.codec.http.HttpResponse;

/**
 * What became of a {@link Forward}. Exactly one of {@link #finished}, {@link #switched}, {@link #failed} and {@link #cut} is
 * called, and nothing after it.
 */
public interface ForwardOutcome {

    /** Why there is no response. */
    enum Failure {
        /** The client stopped sending its request, or reading. */
        REQUEST_STALLED,
        /** The origin stopped reading the request, or did not answer. */
        ORIGIN_STALLED,
        /** The origin ended the connection without a single byte. */
        NOTHING_RECEIVED,
        /** The next hop wants other credentials than the proxy has for it, which is no affair of the client. */
        NEXT_HOP_REFUSED,
        /** What the origin sent is no response to this request. */
        INVALID_RESPONSE,
        /** The response came, and what must be added to it cannot be. */
        UNDECORATED
    }

    /** {@return whether the client's connection may be kept after the response} */
    boolean keepsClient();

    /**
     * Adds to the head of the final response, or of the one that switches protocols.
     *
     * @param outgoing what the client is about to receive
     * @return whether it may be sent
     */
    boolean decorate(HttpResponse outgoing);

    /**
     * That head goes out.
     *
     * @param contentLength the length of the body, -1 where that is not known yet
     */
    void responseBegan(long contentLength);

    /** The response is complete and handed to the client's channel. */
    void finished(boolean clientReusable, boolean destinationReusable);

    /** The origin switched protocols as the client asked; both pipelines are bare by now. */
    void switched();

    /** It failed before any part of a final response was sent to the client. */
    void failed(Failure failure, String message);

    /** Part of a response was sent; the client must notice that it is cut. */
    void cut(String why);
}
