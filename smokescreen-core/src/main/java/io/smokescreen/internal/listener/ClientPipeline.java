package io.smokescreen.internal.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.api.MetricsSink;
import io.smokescreen.internal.exchange.ExchangeHandler;
import io.smokescreen.internal.exchange.Stages;
import io.smokescreen.internal.tls.TlsContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a client's connection passes through, in this order. */
public final class ClientPipeline {

    private final Stages stages;
    private final Duration readHeader;
    private final Duration keepAlive;
    private final @Nullable ProxyProtocol proxyProtocol;
    private final Supplier<Optional<TlsContext>> tls;
    private final MetricsSink metrics;

    /**
     * @param stages what an exchange calls
     * @param readHeader from acceptance until the head of the first request is complete
     * @param keepAlive until the first byte of a further request
     * @param proxyProtocol null: connections begin with TLS or HTTP
     * @param tls asked for each connection; empty: clients connect in the clear
     * @param metrics where failures of TLS are counted
     */
    public ClientPipeline(
            Stages stages,
            Duration readHeader,
            Duration keepAlive,
            @Nullable ProxyProtocol proxyProtocol,
            Supplier<Optional<TlsContext>> tls,
            MetricsSink metrics) {
        this.stages = stages;
        this.readHeader = readHeader;
        this.keepAlive = keepAlive;
        this.proxyProtocol = proxyProtocol;
        this.tls = tls;
        this.metrics = metrics;
    }

    ChannelInitializer<Channel> initializer(ClientChannels open) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                open.add(channel);
                assemble(channel);
                IoTransport.configured(channel).config().setAutoRead(true);
            }
        };
    }

    private void assemble(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        HeadDeadline deadline = new HeadDeadline(readHeader, keepAlive);
        pipeline.addLast("deadline", deadline); // first: all that follows counts
        if (proxyProtocol != null) { // before TLS: a load balancer that passes TLS through cannot send it inside
            pipeline.addLast("proxy-header", new ProxyHeaderHandler(proxyProtocol, stages.tracker()));
        }
        tls.get().ifPresent(context -> addTls(channel, context));
        ExchangeHandler.install(pipeline, stages, deadline::requestBegan); // HTTP codec, then one exchange at a time
    }

    private void addTls(Channel channel, TlsContext context) {
        SslHandler handler = context.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(readHeader.toMillis());
        HandshakeCheck.install(channel.pipeline(), handler, tls, metrics);
    }
}
