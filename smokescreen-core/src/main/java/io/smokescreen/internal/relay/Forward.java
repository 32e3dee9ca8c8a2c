package io.smokescreen.internal.relay;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.NextHop;
import io.smokescreen.internal.relay.ForwardOutcome.Failure;
import io.smokescreen.internal.request.OutgoingMessages;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.track.OpenConnection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forwards one plain HTTP request to a destination and its response to the client, bodies as they come, each side no faster
 * than the other. Both channels live on one event loop; event loop only.
 *
 * <pre>
 *   REQUEST SENT --1xx--> REQUEST SENT --head--> RESPONSE --end--> FINISHED
 *        |                     |                    |
 *        +-- fault: failed() --+                    +-- fault: cut()
 *        +-- 101 that was asked for: switched()
 * </pre>
 */
public final class Forward {

    private static final String UNDECORATED = "the response could not be decorated";

    private final Request request;
    private final @Nullable NextHop nextHop;
    private final Channel client;
    private final Channel destination;
    private final ResponseDecoder responses;
    private final OpenConnection connection;
    private final ForwardOutcome outcome;
    private final ForwardTimer timer;

    private boolean bodyBegan;
    private boolean requestEnded;
    private boolean responseBegan;
    private boolean responseComplete;
    private boolean keepClient;
    private boolean over;

    /**
     * @param request what is forwarded
     * @param nextHop the proxy that takes it; null: the origin does
     * @param client the client's channel
     * @param destination the channel to the origin, with a {@link ResponseDecoder} and an encoder in place
     * @param connection counts what crosses the destination's channel
     * @param limits how long it may take
     * @param outcome told what became of it
     */
    public Forward(
            Request request,
            @Nullable NextHop nextHop,
            Channel client,
            Channel destination,
            OpenConnection connection,
            ForwardLimits limits,
            ForwardOutcome outcome) {
        this.request = request;
        this.nextHop = nextHop;
        this.client = client;
        this.destination = destination;
        this.responses = destination.pipeline().get(ResponseDecoder.class);
        this.connection = connection;
        this.timer = new ForwardTimer(connection, client.eventLoop(), limits, this::late);
        this.outcome = outcome;
    }

    /** Sends the head of the request; its body follows by {@link #requestContent}. */
    public void begin() {
        if (!responses.expectResponseTo(request.method())) {
            fault(Failure.INVALID_RESPONSE, "the origin ended the connection or spoke unasked");
            return;
        }
        new ForwardEnd(this).addTo(destination.pipeline());
        HttpRequest head = nextHop == null
                ? OutgoingMessages.toOrigin(request, true)
                : OutgoingMessages.toNextHop(request, nextHop, true);
        destination.write(head, destination.voidPromise());
        destination.config().setAutoRead(true);
        timer.watch();
    }

    /** A piece of the request's body, ownership included. */
    public void requestContent(HttpContent content) {
        if (over) {
            content.release();
            return;
        }
        boolean last = content instanceof LastHttpContent;
        bodyBegan = true;
        destination.write(OutgoingMessages.toOrigin(content, request), destination.voidPromise());
        if (last) {
            requestEnded = true;
            timer.requestComplete();
            destination.flush();
        }
    }

    /** The client's channel has nothing more to read for now. */
    public void requestReadComplete() {
        if (!over) {
            destination.flush();
            if (!destination.isWritable() && !requestEnded) {
                client.config().setAutoRead(false);
            }
        }
    }

    /** The client's channel takes bytes again. */
    public void clientWritable() {
        if (!over) {
            destination.config().setAutoRead(true);
        }
    }

    /** The client left; the outcome is not called any more. */
    public void abandon(String why) {
        if (!over) {
            end();
            connection.fail(why);
            Tunnel.reset(destination);
        }
    }

    /** {@return whether the outcome is known} */
    public boolean isOver() {
        return over;
    }

    /** {@return whether the request has gone to the destination completely} */
    public boolean requestHasEnded() {
        return requestEnded;
    }

    /** {@return whether part of a response has gone to the client} */
    public boolean responseHasBegun() {
        return responseBegan;
    }

    void destinationRead(Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpResponse head) {
            responseHead(head);
        } else if (message instanceof HttpContent content) {
            responseContent(content);
        } else {
            ReferenceCountUtil.release(message);
            fault(Failure.INVALID_RESPONSE, "the origin sent something that is not HTTP");
        }
    }

    void destinationReadComplete() {
        if (!over) {
            client.flush();
            if (!client.isWritable()) {
                destination.config().setAutoRead(false);
            }
        }
    }

    void destinationWritable() {
        if (!over && destination.isWritable()) {
            client.config().setAutoRead(true);
        }
    }

    void destinationEnded(String why) {
        if (!over && !responseComplete) {
            fault(responses.isSilent() ? Failure.NOTHING_RECEIVED : Failure.INVALID_RESPONSE, why);
        }
    }

    private void responseHead(HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            destinationEnded(responses.isSilent() ? ForwardEnd.CLOSED : "the origin's response is malformed");
            return;
        }
        HttpResponseStatus status = head.status();
        if (status.codeClass() != HttpStatusClass.INFORMATIONAL) {
            finalHead(head);
        } else if (status.code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            switchProtocols(head);
        } else if (request.version().equals(HttpVersion.HTTP_1_1)) {
            client.writeAndFlush(OutgoingMessages.interimToClient(head), client.voidPromise());
        }
    }

    private void finalHead(HttpResponse head) {
        // A 407 of an origin means nothing (RFC 9110 §15.5.8), so behind a next hop it is the next hop's.
        if (nextHop != null && head.status().equals(HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED)) {
            fault(Failure.NEXT_HOP_REFUSED, "next hop " + nextHop + " answered with status 407");
            return;
        }
        // RFC 9110 §10.1.1: a client that still waits for its 100 may leave the body out now, and we could not tell
        boolean bodyInDoubt = request.expectContinue() && !bodyBegan;
        boolean keep = outcome.keepsClient() && request.keepAlive() && !bodyInDoubt;
        HttpResponse outgoing = OutgoingMessages.toClient(head, responses.framing(), request, keep);
        if (!outcome.decorate(outgoing)) {
            fault(Failure.UNDECORATED, UNDECORATED);
            return;
        }
        responseBegan = true;
        outcome.responseBegan(responses.framing().knownLength());
        keepClient = !outgoing.headers().contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        client.write(outgoing, client.voidPromise());
    }

    private void responseContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            fault(Failure.INVALID_RESPONSE, "the origin's response was cut off or is malformed");
            return;
        }
        if (!(content instanceof LastHttpContent)) {
            client.write(content, client.voidPromise());
            return;
        }
        responseComplete = true;
        client.writeAndFlush(OutgoingMessages.toClient(content)).addListener(written -> {
            if (over) {
                return;
            }
            if (!written.isSuccess()) {
                fault(Failure.INVALID_RESPONSE, "the response could not be written: " + written.cause());
                return;
            }
            end();
            ForwardEnd.removeFrom(destination.pipeline());
            outcome.finished(keepClient && requestEnded, requestEnded && responses.cleanlyFinished());
        });
    }

    /** RFC 9110 §7.8: only to what was asked for, and then the bytes are the two ends' own business. */
    private void switchProtocols(HttpResponse head) {
        List<String> protocols = head.headers().getAll(HttpHeaderNames.UPGRADE);
        boolean webSocket =
                protocols.size() == 1 && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(protocols.get(0));
        if (!request.webSocketUpgrade() || !webSocket) {
            fault(Failure.INVALID_RESPONSE, "the origin switched protocols unasked");
            return;
        }
        HttpResponse outgoing = OutgoingMessages.interimToClient(head);
        if (!outcome.decorate(outgoing)) {
            fault(Failure.UNDECORATED, UNDECORATED);
            return;
        }
        outcome.responseBegan(0);
        end();
        ForwardEnd.removeFrom(destination.pipeline());
        client.writeAndFlush(outgoing, client.voidPromise());
        outcome.switched();
    }

    private void late(ForwardTimer.Late what) {
        switch (what) {
            case REQUEST -> fault(Failure.REQUEST_STALLED, "the request was not complete within the read timeout");
            case RESPONSE -> fault(Failure.ORIGIN_STALLED, "the response was not complete within the write timeout");
            case NEXT_BYTE -> stalled();
        }
    }

    /** Nothing moved for too long; whose turn it was decides what the client is told. */
    private void stalled() {
        boolean awaitsContinue = request.expectContinue() && !bodyBegan;
        if (responseComplete || !client.isWritable()) {
            fault(Failure.REQUEST_STALLED, "the client did not read the response in time");
        } else if (requestEnded || awaitsContinue || !destination.isWritable()) {
            fault(Failure.ORIGIN_STALLED, "the origin did not answer in time");
        } else {
            fault(Failure.REQUEST_STALLED, "the request's body did not arrive in time");
        }
    }

    private void fault(Failure failure, String why) {
        end();
        connection.fail(why);
        Tunnel.reset(destination);
        if (responseBegan) {
            client.flush();
            outcome.cut(why);
        } else {
            outcome.failed(failure, why);
        }
    }

    private void end() {
        over = true;
        timer.stop();
    }
}
