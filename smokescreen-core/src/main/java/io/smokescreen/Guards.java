package io.smokescreen;

import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.exchange.GuardedEgressListener;
import io.smokescreen.internal.exchange.GuardedResponseDecorator;
import io.smokescreen.internal.exchange.Hooks;
import io.smokescreen.internal.listener.IoTransport;
import io.smokescreen.internal.policy.GuardedRequestGate;
import io.smokescreen.internal.upstream.GuardedSocketDialer;
import org.jspecify.annotations.Nullable;

/** Puts guards around what the application has plugged in. */
final class Guards {

    private Guards() {}

    static Hooks hooks(SmokescreenBuilder builder) {
        return new Hooks(
                builder.requestGate == null ? null : new GuardedRequestGate(builder.requestGate),
                builder.acceptedDecorator == null
                        ? null
                        : GuardedResponseDecorator.ofAccepted(builder.acceptedDecorator),
                builder.rejectedDecorator == null
                        ? null
                        : GuardedResponseDecorator.ofRejected(builder.rejectedDecorator),
                builder.addServerIpHeader);
    }

    static @Nullable GuardedEgressListener eventListener(SmokescreenBuilder builder, MetricsSink metrics) {
        return builder.eventListener == null ? null : new GuardedEgressListener(builder.eventListener, metrics);
    }

    static @Nullable GuardedSocketDialer socketDialer(SmokescreenBuilder builder) {
        return builder.socketDialer == null
                ? null
                : new GuardedSocketDialer(builder.socketDialer, IoTransport::configured);
    }
}
