package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.smokescreen.internal.request.Framing;
import io.smokescreen.internal.request.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers a client with a rejection, and keeps its connection where the rest of its request allows that. */
final class Refusal {

    /** The longest body of a refused request that is read and dropped to keep the connection, in bytes. */
    private static final long MAX_DROPPED_BODY = 64 * 1024;

    private final Stages stages;
    private final ExchangeHandler client;
    private final Account account;
    private final List<String> challenges;

    /** @param challenges how clients may authenticate */
    Refusal(Stages stages, ExchangeHandler client, Account account, List<String> challenges) {
        this.stages = stages;
        this.client = client;
        this.account = account;
        this.challenges = challenges;
    }

    /**
     * Sends the answer and leads the connection to what comes next: its end, the rest of the body, or the next request.
     *
     * @param request null where there is no well-formed one
     * @param forwarding null if it did not come to that
     */
    void answer(Rejection rejection, @Nullable Request request, @Nullable Forwarding forwarding) {
        boolean keep = request != null
                && rejection.kind() != Rejection.Kind.REQUEST_TIMEOUT // RFC 9110 §15.5.9: the proxy has waited enough
                && isKept(request, forwarding);
        Channel channel = client.channel();
        HttpHeaders decoration = Decoration.ofRejected(stages.hooks(), account, rejection);
        channel.writeAndFlush(
                RejectionResponse.of(
                        rejection, stages.denyMessageExtra(), challenges, decoration, keep, channel.alloc()),
                channel.voidPromise());
        if (!keep) {
            client.finishAndClose();
        } else if (forwarding == null || !forwarding.hasBegun()) {
            client.dropBody();
        } else {
            client.next();
        }
    }

    /** Takes a piece of the body of a refused request, which is read so that the connection can stay. */
    static void drop(HttpContent content, ExchangeHandler client) {
        boolean last = content instanceof LastHttpContent;
        boolean broken = content.decoderResult().isFailure();
        content.release();
        if (broken) {
            client.finishAndClose();
        } else if (last) {
            client.next();
        }
    }

    private boolean isKept(Request request, @Nullable Forwarding forwarding) {
        if (request.isConnect() || !request.keepAlive() || stages.draining().getAsBoolean()) {
            return false;
        }
        if (forwarding != null && forwarding.hasBegun()) {
            return forwarding.requestHasEnded();
        }
        Framing framing = request.framing();
        boolean shortBody = framing.kind() == Framing.Kind.LENGTH && framing.length() <= MAX_DROPPED_BODY;
        return framing.isEmpty() || (shortBody && !request.expectContinue());
    }
}
