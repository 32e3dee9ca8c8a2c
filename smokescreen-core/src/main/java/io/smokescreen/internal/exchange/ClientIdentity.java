package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.internal.policy.SubjectNames;
import io.smokescreen.internal.request.Request;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who is at the other end of a connection: established once for each connection, after TLS.
 *
 * @param address the TCP peer
 * @param certificates the verified chain, leaf first; empty without one
 * @param commonName of the leaf, or the empty string
 * @param organizationalUnit of the leaf, or the empty string
 */
record ClientIdentity(
        InetSocketAddress address, List<X509Certificate> certificates, String commonName, String organizationalUnit) {

    static ClientIdentity of(Channel channel) {
        InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
        List<X509Certificate> chain = chainOf(channel);
        if (chain.isEmpty()) {
            return new ClientIdentity(address, chain, "", "");
        }
        X509Certificate leaf = chain.get(0);
        return new ClientIdentity(
                address,
                chain,
                SubjectNames.commonName(leaf).orElse(""),
                SubjectNames.organizationalUnit(leaf).orElse(""));
    }

    /** {@return a request of this client, as the role extractor sees it} */
    ClientRequest asking(Request request) {
        return new ClientRequest(
                request.method().name(), request.destination(), request.headerView(), address, certificates);
    }

    private static List<X509Certificate> chainOf(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return List.of();
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : tls.engine().getSession().getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return List.copyOf(chain);
        } catch (SSLPeerUnverifiedException e) {
            // The client presented none, which is allowed: it has no identity then.
            return List.of();
        }
    }
}
