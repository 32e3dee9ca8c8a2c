package io.smokescreen.internal.request;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Decodes what clients send, one request at a time, and each no further than the proxy allows.
 *
 * <pre>
 *            head                proceed()            last content
 *   HEAD ───────────→ HELD_BODY ───────────→ BODY ───────────────→ HELD_NEXT
 *    ↑ │ violation        │ removed           │ violation              │ │ removed
 *    │ ↓                  ↓                   ↓                        │ ↓
 *    │ BROKEN          raw bytes           BROKEN                      │ raw bytes
 *    └─────────────────────────── proceed() ───────────────────────────┘
 * </pre>
 *
 * <p>What comes out for each request: the head ({@link HttpRequest}); after {@link #proceed()} contents and one {@link
 * LastHttpContent}, which is there even where the request has no body; after another {@link #proceed()} the next head. So
 * the bytes after a CONNECT head are never taken for HTTP: they are held until the decoder is removed, which hands them
 * on raw.
 */
public final class RequestDecoder extends StrictDecoder {

    private boolean emptyBody;

    public RequestDecoder() {
        this(HeadLimits.DEFAULT);
    }

    public RequestDecoder(HeadLimits limits) {
        super(Phase.HEAD, new RequestLineCheck(limits), limits);
    }

    /**
     * Lets the body of the request flow whose head came last, or, after its last content, the next request. May be called
     * from inside the {@code channelRead} of that head or content.
     *
     * @throws IllegalStateException if nothing is held: the head or content it would answer has not come yet
     */
    public void proceed() {
        switch (phase()) {
            case HELD_BODY -> enter(emptyBody ? Phase.EMPTY_BODY : Phase.BODY);
            case HELD_NEXT -> enter(Phase.HEAD);
            default -> throw new IllegalStateException("nothing is held in phase " + phase());
        }
        resume();
    }

    /**
     * {@return whether no further request can come: the client has shut down its side and nothing is held}
     */
    public boolean isExhausted() {
        return isInputClosed() && heldBytes() == 0;
    }

    @Override
    protected boolean isDecodingRequest() {
        return true;
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        return new DefaultHttpRequest(
                HttpVersion.valueOf(line[2]), HttpMethod.valueOf(line[0]), line[1], headersFactory);
    }

    @Override
    protected HttpMessage createInvalidMessage() {
        return brokenHead();
    }

    @Override
    HttpMessage brokenHead() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request", headersFactory);
    }

    @Override
    void headDecoded(HttpMessage head, boolean nettyEnded, List<Object> out) throws MalformedMessageException {
        Framing framing = Framing.ofRequest((HttpRequest) head);
        if (framing.isEmpty() != nettyEnded) {
            throw new MalformedMessageException(Malformation.BAD_FRAMING);
        }
        emptyBody = nettyEnded;
        out.add(head);
        enterBody(Phase.HELD_BODY, framing);
    }

    @Override
    void bodyDecoded() {
        enter(Phase.HELD_NEXT);
    }

    @Override
    boolean isHeadOwed(int bytes) {
        return bytes > 0;
    }

    @Override
    boolean isEndOfBody(ChannelHandlerContext ctx) {
        return false;
    }
}
