package io.smokescreen.internal.request;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Decodes what servers answer. A server may not speak before it was asked, nor after it has answered.
 *
 * <pre>
 *          expectResponseTo        head                last content
 *   IDLE ───────────────────→ HEAD ─────→ BODY ───────────────────→ IDLE
 *    │ any byte               │ ↑ │          │ violation, cut
 *    ↓                    1xx └─┘ │ 101, 2xx to CONNECT
 *   BROKEN                        └───────→ RAW ── removed ──→ raw bytes
 * </pre>
 *
 * <p>What comes out: interim responses (1xx) as a head alone; the final response as a head, contents and a {@link
 * LastHttpContent}; a 101, or a 2xx to CONNECT, as a head alone, and what follows waits until the decoder is removed, which
 * hands it on raw.
 *
 * <p>A body without a length ends when the server closes. With {@link ChannelOption#ALLOW_HALF_CLOSURE}, which channels to
 * servers should have, only the server's own FIN counts as that; a reset, or a close on our side, is a cut.
 */
public final class ResponseDecoder extends StrictDecoder {

    /** How many 1xx responses a server may send before the final one. */
    static final int MAX_INTERIM_RESPONSES = 16;

    private HttpMethod method = HttpMethod.GET;
    private Framing framing = Framing.NONE;
    private int interimResponses;
    private boolean reusable;
    private boolean failed;
    private boolean silent = true;

    public ResponseDecoder() {
        this(HeadLimits.DEFAULT);
    }

    public ResponseDecoder(HeadLimits limits) {
        super(Phase.IDLE, new StatusLineCheck(limits), limits);
    }

    /**
     * Expects the response to one request; called before the request is written, also before the channel is
     * connected.
     *
     * @param requestMethod the method of that request
     * @return whether that is possible; if not, the server has sent something unasked or has closed: the request must not be
     *     sent on this connection
     * @throws IllegalStateException if the previous response has not ended
     */
    public boolean expectResponseTo(HttpMethod requestMethod) {
        requireNonNull(requestMethod, "requestMethod");
        if (phase() != Phase.IDLE && phase() != Phase.BROKEN) {
            throw new IllegalStateException("the previous response has not ended");
        }
        if (phase() == Phase.BROKEN || isFinSeen() || heldBytes() > 0) {
            return false;
        }
        method = requestMethod;
        framing = Framing.NONE;
        interimResponses = 0;
        reusable = false;
        silent = true;
        enter(Phase.HEAD);
        return true;
    }

    /**
     * {@return how the body of the last final response ends}
     */
    public Framing framing() {
        return framing;
    }

    /**
     * {@return whether a response has ended by its own length, the server means to keep the connection, and has sent nothing
     * beyond: only then may another request use it}
     */
    public boolean cleanlyFinished() {
        return phase() == Phase.IDLE && reusable && !failed && !isInputClosed() && heldBytes() == 0;
    }

    /** {@return whether not one byte has come since a response was expected; what TLS needs for itself does not count} */
    public boolean isSilent() {
        return silent;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        silent = false;
        super.channelRead(ctx, message);
    }

    /** A failed read is followed by the same events as a regular end. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        failed = true;
        super.exceptionCaught(ctx, cause);
    }

    @Override
    protected boolean isDecodingRequest() {
        return false;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return Framing.hasNoBody(method, ((HttpResponse) message).status());
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(Integer.parseInt(line[1]), line[2]);
        return new DefaultHttpResponse(HttpVersion.valueOf(line[0]), status, headersFactory);
    }

    @Override
    protected HttpMessage createInvalidMessage() {
        return brokenHead();
    }

    @Override
    HttpMessage brokenHead() {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_GATEWAY, headersFactory);
    }

    @Override
    void headDecoded(HttpMessage head, boolean nettyEnded, List<Object> out) throws MalformedMessageException {
        HttpResponse response = (HttpResponse) head;
        HttpResponseStatus status = response.status();
        if (isSwitch(status)) {
            enter(Phase.RAW);
        } else if (status.codeClass() == HttpStatusClass.INFORMATIONAL) {
            if (++interimResponses > MAX_INTERIM_RESPONSES) {
                throw new MalformedMessageException(Malformation.TOO_MANY_INTERIM_RESPONSES);
            }
        } else {
            finalHeadDecoded(response, nettyEnded, out);
            return;
        }
        out.add(head);
    }

    private void finalHeadDecoded(HttpResponse response, boolean nettyEnded, List<Object> out)
            throws MalformedMessageException {
        Framing found = Framing.ofResponse(method, response);
        if (found.isEmpty() != nettyEnded) {
            throw new MalformedMessageException(Malformation.BAD_FRAMING);
        }
        framing = found;
        reusable = HttpUtil.isKeepAlive(response) && found.kind() != Framing.Kind.UNTIL_CLOSE;
        out.add(response);
        if (nettyEnded) {
            out.add(LastHttpContent.EMPTY_LAST_CONTENT);
            enter(Phase.IDLE);
            return;
        }
        enterBody(Phase.BODY, found);
    }

    private boolean isSwitch(HttpResponseStatus status) {
        return status.code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                || (method.equals(HttpMethod.CONNECT) && status.codeClass() == HttpStatusClass.SUCCESS);
    }

    @Override
    void bodyDecoded() {
        enter(Phase.IDLE);
    }

    @Override
    boolean isHeadOwed(int bytes) {
        return true;
    }

    @Override
    boolean isEndOfBody(ChannelHandlerContext ctx) {
        boolean finSeparate = Boolean.TRUE.equals(ctx.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE));
        return framing.kind() == Framing.Kind.UNTIL_CLOSE && !failed && (isFinSeen() || !finSeparate);
    }
}
