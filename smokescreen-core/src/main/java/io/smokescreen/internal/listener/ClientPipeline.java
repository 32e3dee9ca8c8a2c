package io.smokescreen.internal.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.internal.exchange.ExchangeHandler;
import io.smokescreen.internal.exchange.Stages;
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
    private final Supplier<Optional<SslContext>> tls;

    /**
     * @param stages what an exchange calls
     * @param readHeader from acceptance until the head of the first request is complete
     * @param keepAlive until the first byte of a further request
     * @param proxyProtocol null: connections begin with TLS or HTTP
     * @param tls asked for each connection; empty: clients connect in the clear
     */
    public ClientPipeline(
            Stages stages,
            Duration readHeader,
            Duration keepAlive,
            @Nullable ProxyProtocol proxyProtocol,
            Supplier<Optional<SslContext>> tls) {
        this.stages = stages;
        this.readHeader = readHeader;
        this.keepAlive = keepAlive;
        this.proxyProtocol = proxyProtocol;
        this.tls = tls;
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
        tls.get().ifPresent(context -> {
            SslHandler handler = context.newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(readHeader.toMillis());
            pipeline.addLast("tls", handler);
        });
        ExchangeHandler.install(pipeline, stages, deadline::requestBegan); // HTTP codec, then one exchange at a time
    }
}
