package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.internal.relay.Tunnel;
import io.smokescreen.internal.request.ResponseDecoder;
import io.smokescreen.internal.tls.RecordBoundary;
import io.smokescreen.internal.tls.TlsLayers;
import io.smokescreen.internal.track.OpenConnection;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Turns a client's connection from HTTP into what its CONNECT, or its request to switch protocols, has opened. What the client
 * sent ahead waits in the decoder, undecoded, and comes out when that leaves the pipeline, as the last one to do so. Event loop
 * only.
 */
final class ProtocolSwitch {

    private final ExchangeHandler http;
    private final Channel client;
    private final ChannelPipeline pipeline;

    /** @param http the end of the client's pipeline, which leaves it */
    ProtocolSwitch(ExchangeHandler http) {
        this.http = http;
        this.client = http.channel();
        this.pipeline = client.pipeline();
    }

    /** Makes the connection one end of a tunnel, of which the other one is there already. */
    void toTunnel(Channel destination, OpenConnection connection, Duration idle) {
        connection.carries(OpenConnection.Load.TUNNEL);
        pipeline.fireUserEventTriggered(ConnectionEvent.TUNNEL_BEGAN);
        removeHttp();
        Tunnel.join(client, destination, connection, idle);
        removeCodec(destination.pipeline()); // first: what the client sent ahead must not meet the request encoder
        pipeline.remove(http.decoder());
        destination.config().setAutoRead(true);
        client.config().setAutoRead(true);
    }

    /**
     * Makes the connection one that TLS begins on.
     *
     * @param inner puts behind TLS what is inside of it
     */
    void toTls(SslHandler tls, Consumer<ChannelPipeline> inner) {
        pipeline.fireUserEventTriggered(ConnectionEvent.INTERCEPTION_BEGAN);
        pipeline.addLast(new RecordBoundary());
        TlsLayers.addLast(pipeline, tls);
        inner.accept(pipeline);
        removeHttp();
        client.config().setAutoRead(true);
        pipeline.remove(http.decoder());
    }

    private void removeHttp() {
        pipeline.remove(http.encoder());
        pipeline.remove(http);
    }

    private static void removeCodec(ChannelPipeline destination) {
        if (destination.get(ResponseDecoder.class) != null) {
            destination.remove(HttpRequestEncoder.class);
            destination.remove(ResponseDecoder.class);
        }
    }
}
