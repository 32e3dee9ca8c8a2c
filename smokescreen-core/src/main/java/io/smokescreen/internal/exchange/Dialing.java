package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.smokescreen.internal.relay.Tunnel;
import io.smokescreen.internal.upstream.Connector;
import io.smokescreen.internal.upstream.DialResult;
import io.smokescreen.internal.upstream.DialResult.Connected;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.Faulted;
import io.smokescreen.internal.upstream.Order;
import java.util.function.Consumer;

/** The dial stage of an exchange: no channel it opens is ever without an owner. Event loop only. */
final class Dialing {

    private final Connector connector;
    private final EventLoop loop;
    private final Steps steps;
    private final Account account;

    Dialing(Connector connector, EventLoop loop, Steps steps, Account account) {
        this.connector = connector;
        this.loop = loop;
        this.steps = steps;
        this.account = account;
    }

    /** Opens the connection that is ordered. */
    void dial(Order order, Consumer<Connected> then, Consumer<Failed> otherwise) {
        steps.begin(() -> connector.connect(order, loop, result -> {
            if (steps.isOver() && result instanceof Connected late) {
                late.channel().close();
            }
            steps.run(() -> dialed(result, then, otherwise));
        }));
    }

    private void dialed(DialResult result, Consumer<Connected> then, Consumer<Failed> otherwise) {
        account.dialed(result);
        if (result instanceof Connected connected) {
            handOver(connected, then);
        } else if (result instanceof Failed failed) {
            otherwise.accept(failed);
        } else if (result instanceof Faulted faulted) {
            throw new IllegalStateException("connecting failed, not by the fault of the other side", faulted.cause());
        }
    }

    /** Until somebody looks after the channel, nobody would notice if it were forgotten. */
    private static void handOver(Connected connected, Consumer<Connected> then) {
        try {
            then.accept(connected);
        } catch (RuntimeException | Error e) {
            Tunnel.reset(connected.channel());
            throw e;
        }
    }
}
