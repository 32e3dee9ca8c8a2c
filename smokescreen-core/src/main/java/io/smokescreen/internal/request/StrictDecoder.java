package io.smokescreen.internal.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.DecoderResultProvider;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's HTTP/1 decoder behind a gate: it gets a head, or a piece of a chunked body, only after our own check of every
 * byte ({@link HeadCheck}, {@link ChunkedCheck}), and where the two disagree on where a message ends the message is
 * refused.
 *
 * <p>A violation ends the stream: one object with a failed {@link DecoderResult}, whose cause is a {@link
 * MalformedMessageException}, then nothing more. In place of a head it is an empty message; inside a body it is an
 * {@link io.netty.handler.codec.http.HttpContent} that is <em>not</em> a {@link LastHttpContent}, so that a body that was
 * cut or broken can never be taken for a complete one.
 *
 * <p>In a held phase nothing is decoded: bytes wait as they came. If the decoder is removed from the pipeline then, they
 * come out as one {@link ByteBuf}. The end of the input does not discard them either.
 *
 * <p>Thread safety: event loop only.
 */
abstract class StrictDecoder extends HttpObjectDecoder {

    private final HeadLimits limits;
    private final HeadCheck headCheck;
    private @Nullable ChannelHandlerContext context;
    private Phase phase;
    private @Nullable ChunkedCheck chunks;
    private boolean finSeen;
    private boolean decoding;
    private boolean resumeRequested;
    private boolean received;
    private boolean emitted;

    StrictDecoder(Phase first, GrammarCheck startLine, HeadLimits limits) {
        super(nettyConfig(limits));
        this.phase = first;
        this.limits = limits;
        this.headCheck = new HeadCheck(startLine, limits);
    }

    /** Netty's own limits are only a second line: wide enough never to be reached before ours. */
    private static HttpDecoderConfig nettyConfig(HeadLimits limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.startLineBytes() + RequestLineCheck.MAX_METHOD_LENGTH)
                .setMaxHeaderSize(2 * limits.fieldBytes())
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setAllowPartialChunks(true);
    }

    /**
     * Judges a head that passed the check and Netty's decoder, and moves to the next phase.
     *
     * @param head the head
     * @param nettyEnded whether Netty saw the end of the message with its head
     * @param out what to hand on; holds nothing yet
     */
    abstract void headDecoded(HttpMessage head, boolean nettyEnded, List<Object> out) throws MalformedMessageException;

    /** The last part of a body was decoded: moves to the next phase. */
    abstract void bodyDecoded();

    /** A head that stands for a broken one. */
    abstract HttpMessage brokenHead();

    /** Whether the end of the input here, with that many bytes of a head, cuts something that was owed. */
    abstract boolean isHeadOwed(int bytes);

    /** Whether the end of the input is the end of the body. */
    abstract boolean isEndOfBody(ChannelHandlerContext ctx);

    /**
     * {@return the number of bytes that wait undecoded; where it grows too large, stop reading}
     */
    public final int heldBytes() {
        return actualReadableBytes();
    }

    /**
     * {@return whether nothing can come any more: the peer has shut down its side, or the channel is not open}
     */
    public final boolean isInputClosed() {
        ChannelHandlerContext ctx = context;
        return finSeen || ctx == null || !ctx.channel().isActive();
    }

    /** Whether the peer has shut down its side, seen on its own (half-closure). */
    final boolean isFinSeen() {
        return finSeen;
    }

    final Phase phase() {
        return phase;
    }

    final void enter(Phase next) {
        phase = next;
    }

    /** Enters a phase at whose end a body of that framing comes. */
    final void enterBody(Phase next, Framing framing) {
        chunks = framing.kind() == Framing.Kind.CHUNKED ? new ChunkedCheck(limits) : null;
        phase = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        received |= message instanceof ByteBuf;
        if (decoding) {
            super.channelRead(ctx, message);
            return;
        }
        decoding = true;
        try {
            super.channelRead(ctx, message);
            decodeWhileResumed(ctx);
        } finally {
            decoding = false;
        }
    }

    /**
     * Goes on after a held phase was left. Called from inside a {@code channelRead} that this decoder fired, it only makes
     * a note, and the outer call goes on: so any number of pipelined messages needs one stack frame, in order.
     */
    final void resume() {
        resumeRequested = true;
        ChannelHandlerContext ctx = context;
        if (decoding || ctx == null) {
            return;
        }
        decoding = true;
        try {
            decodeWhileResumed(ctx);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        } finally {
            decoding = false;
        }
        ctx.fireChannelReadComplete();
    }

    private void decodeWhileResumed(ChannelHandlerContext ctx) throws Exception {
        while (resumeRequested && !ctx.isRemoved()) {
            resumeRequested = false;
            if (phase == Phase.EMPTY_BODY) {
                bodyDecoded();
                emitted = true;
                ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
                continue;
            }
            super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
        }
        if (finSeen && !phase.isHeld() && !ctx.isRemoved()) {
            List<Object> out = new ArrayList<>(1);
            decodeLast(ctx, internalBuffer(), out);
            out.forEach(ctx::fireChannelRead);
        }
    }

    /** Differs from Netty's in one thing: without auto-read, it asks for more only if it waits for more. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        boolean starving = received && !emitted && (phase == Phase.HEAD || phase == Phase.BODY);
        received = false;
        emitted = false;
        if (starving && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        ctx.fireChannelReadComplete();
    }

    /** Netty's would drop what is held. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            finSeen = true;
            if (decoding || phase.isHeld()) {
                ctx.fireUserEventTriggered(event);
                return;
            }
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        switch (phase) {
            case HEAD -> decodeHead(ctx, in, out);
            case BODY -> decodeBody(ctx, in, out);
            case IDLE, BROKEN -> {
                phase = Phase.BROKEN;
                in.skipBytes(in.readableBytes());
            }
            case EMPTY_BODY, HELD_BODY, HELD_NEXT, RAW -> {}
        }
        emitted |= !out.isEmpty();
    }

    private void decodeHead(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        Malformation wrong = headCheck.scan(in);
        if (wrong != null) {
            fail(wrong, in, out);
            return;
        }
        if (!headCheck.isComplete()) {
            return;
        }
        int expectedEnd = in.readerIndex() + headCheck.length();
        headCheck.reset();
        super.decode(ctx, in, out);
        boolean agreed = in.readerIndex() == expectedEnd
                && !out.isEmpty()
                && out.get(0) instanceof HttpMessage head
                && head.decoderResult().isSuccess();
        if (!agreed) {
            fail(Malformation.REFUSED_BY_CODEC, in, out);
            return;
        }
        HttpMessage head = (HttpMessage) out.get(0);
        boolean ended = out.size() > 1;
        out.clear();
        try {
            headDecoded(head, ended, out);
        } catch (MalformedMessageException e) {
            fail(e.reason(), in, out);
        }
    }

    private void decodeBody(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        ChunkedCheck gate = chunks;
        Malformation wrong = gate == null ? null : gate.scan(in);
        if (wrong != null) {
            fail(wrong, in, out);
            return;
        }
        int before = in.readableBytes();
        super.decode(ctx, in, out);
        boolean failed = holdsFailure(out);
        boolean ended = !out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent;
        if (gate != null) {
            gate.taken(before - in.readableBytes());
            failed |= gate.ahead() < 0 || (ended && (gate.ahead() != 0 || !gate.isComplete()));
        }
        if (failed) {
            fail(Malformation.REFUSED_BY_CODEC, in, out);
        } else if (ended) {
            chunks = null;
            bodyDecoded();
        }
    }

    private static boolean holdsFailure(List<Object> out) {
        for (Object each : out) {
            if (each instanceof DecoderResultProvider provider
                    && provider.decoderResult().isFailure()) {
                return true;
            }
        }
        return false;
    }

    private void fail(Malformation reason, ByteBuf in, List<Object> out) {
        out.forEach(ReferenceCountUtil::release);
        out.clear();
        in.skipBytes(in.readableBytes());
        addBroken(reason, out);
    }

    private void addBroken(Malformation reason, List<Object> out) {
        HttpObject broken = phase == Phase.HEAD ? brokenHead() : new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        broken.setDecoderResult(DecoderResult.failure(new MalformedMessageException(reason)));
        phase = Phase.BROKEN;
        out.add(broken);
    }

    /** Replaces Netty's, which ends a body with a {@link LastHttpContent} where it was cut. */
    @Override
    protected final void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (phase == Phase.BODY && isEndOfBody(ctx)) {
            out.add(LastHttpContent.EMPTY_LAST_CONTENT);
            bodyDecoded();
            return;
        }
        boolean cut = phase == Phase.BODY || (phase == Phase.HEAD && isHeadOwed(in.readableBytes()));
        if (cut) {
            in.skipBytes(in.readableBytes());
            addBroken(Malformation.TRUNCATED, out);
        }
    }
}
