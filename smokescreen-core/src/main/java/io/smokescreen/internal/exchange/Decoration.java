package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.smokescreen.api.Host;
import io.smokescreen.api.RequestContext;
import io.smokescreen.api.ResponseDecorator.Response;
import io.smokescreen.internal.track.TextHygiene;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The header fields that the application adds to what a client receives. Event loop only. */
final class Decoration {

    private static final AsciiString SERVER_IP = AsciiString.cached("X-Server-Ip");
    private static final Optional<HttpHeaders> NOTHING = Optional.of(EmptyHttpHeaders.INSTANCE);

    private Decoration() {}

    /**
     * {@return the fields to set in the response of an accepted request; empty where they cannot be told, and then the response
     * must not go out}
     *
     * @param destination the channel that is connected to the destination, or to the next hop; null where nothing is yet
     */
    static Optional<HttpHeaders> ofAccepted(Hooks hooks, Account account, int status, @Nullable Channel destination) {
        Optional<HttpHeaders> decorated = hooks.accepted() == null
                ? NOTHING
                : hooks.accepted().fields(account.context().orElseThrow(), new Response(status, "", ""));
        return hooks.serverIpHeader() && destination != null
                ? decorated.map(fields -> withServerIp(fields, destination))
                : decorated;
    }

    /** {@return the fields to set in a refusal} */
    static HttpHeaders ofRejected(Hooks hooks, Account account, Rejection rejection) {
        Optional<RequestContext> context = hooks.rejected() == null ? Optional.empty() : account.context();
        if (hooks.rejected() == null || context.isEmpty()) {
            return EmptyHttpHeaders.INSTANCE;
        }
        Rejection.Kind kind = rejection.kind();
        Response response = new Response(kind.status().code(), kind.code(), TextHygiene.line(rejection.message()));
        return hooks.rejected().fields(context.get(), response).orElse(EmptyHttpHeaders.INSTANCE);
    }

    private static HttpHeaders withServerIp(HttpHeaders fields, Channel destination) {
        InetSocketAddress peer = (InetSocketAddress) destination.remoteAddress();
        return DefaultHttpHeadersFactory.headersFactory()
                .newHeaders()
                .set(SERVER_IP, Host.of(peer.getAddress()).text())
                .setAll(fields);
    }
}
