package io.smokescreen.internal.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Makes the client's side of TLS. Safe from any thread.
 *
 * <p>Versions and suites are the provider's with TLS 1.2 as the lowest, the protocol on top is HTTP/1.1.
 */
public final class UpstreamTlsContext {

    /** What the connections may be of. */
    static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /** RFC 9110 §4.3.4; the JDK's name for it. */
    private static final String HTTPS = "HTTPS";

    /** Null would leave what is set. */
    private static final String NONE = "";

    private final SslContext context;

    /**
     * Changes the parameters of a connection. What it says of the host to verify, of versions below TLS 1.2 and of the protocol on
     * top does not count.
     */
    @FunctionalInterface
    public interface Adjustment {

        /** What changes nothing. */
        Adjustment NONE = parameters -> {};

        /**
         * Changes the parameters in place.
         *
         * @throws Exception for whatever reason
         */
        void apply(SSLParameters parameters) throws Exception;
    }

    UpstreamTlsContext(SslContext context) {
        this.context = context;
        TlsProviders.freeWith(this, context);
    }

    /**
     * {@return the handler for one connection, whose handshake has no limit of its own}
     *
     * @param server whom to expect at the other end: the certificate must be for its host
     * @param adjustment changes the parameters
     * @throws Exception what the adjustment throws, or setting what it has set, or that it leaves no version
     */
    public SslHandler newHandler(ByteBufAllocator allocator, Destination server, Adjustment adjustment)
            throws Exception {
        Host host = server.host();
        SslHandler handler;
        try {
            handler = context.newHandler(allocator, host.text(), server.port());
        } finally {
            Reference.reachabilityFence(this);
        }
        try {
            handler.setHandshakeTimeoutMillis(0); // the deadline of the whole connection counts
            SSLParameters parameters = handler.engine().getSSLParameters();
            if (host.address().isEmpty() && isNameToJdk(host)) {
                parameters.setServerNames(List.of(new SNIHostName(host.text())));
            }
            adjustment.apply(parameters);
            parameters.setProtocols(allowed(parameters.getProtocols()));
            parameters.setApplicationProtocols(new String[] {ApplicationProtocolNames.HTTP_1_1});
            parameters.setEndpointIdentificationAlgorithm(isNameToJdk(host) ? HTTPS : NONE);
            handler.engine().setSSLParameters(parameters);
            return handler;
        } catch (Throwable e) {
            ReferenceCountUtil.release(handler.engine());
            throw e;
        }
    }

    /** Null stands for what the context has. */
    private static String @Nullable [] allowed(String @Nullable [] versions) {
        if (versions == null) {
            return null;
        }
        String[] allowed = Arrays.stream(versions).filter(VERSIONS::contains).toArray(String[]::new);
        if (allowed.length == 0) {
            throw new IllegalArgumentException(
                    "the protocols " + Arrays.toString(versions) + " for TLS hold none of " + VERSIONS);
        }
        return allowed;
    }

    /**
     * The JDK takes a name with an underscore for none. No SNI is sent for it then, by BoringSSL neither as Netty asks the JDK, and
     * the JDK would find no certificate to be for it: {@link ServerNames} alone has the say.
     */
    private static boolean isNameToJdk(Host host) {
        return host.text().indexOf('_') < 0;
    }
}
