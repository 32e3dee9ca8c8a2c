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
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who is at the other end of a connection: established once for each connection, after TLS.
 *
 * @param peer the TCP peer
 * @param announcement what the peer said of the client in front of it, if it said anything
 * @param certificates the verified chain, leaf first; empty without one
 * @param commonName of the leaf, or the empty string
 * @param organizationalUnit of the leaf, or the empty string
 */
record ClientIdentity(
        InetSocketAddress peer,
        Optional<Announcement> announcement,
        List<X509Certificate> certificates,
        String commonName,
        String organizationalUnit) {

    static ClientIdentity of(Channel channel) {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        Optional<Announcement> announcement = Announcement.of(channel);
        List<X509Certificate> chain = chainOf(channel);
        if (chain.isEmpty()) {
            return new ClientIdentity(peer, announcement, chain, "", "");
        }
        X509Certificate leaf = chain.get(0);
        return new ClientIdentity(
                peer,
                announcement,
                chain,
                SubjectNames.commonName(leaf).orElse(""),
                SubjectNames.organizationalUnit(leaf).orElse(""));
    }

    /** {@return a request of this client, as the role extractor sees it} */
    ClientRequest asking(Request request) {
        return new ClientRequest(
                request.method().name(),
                request.destination(),
                request.headerView(),
                announcement
                        .filter(Announcement::counts)
                        .map(Announcement::client)
                        .orElse(peer),
                peer,
                announcement.map(Announcement::client),
                certificates);
    }

    /** {@return the client's address as log lines give it} */
    InetSocketAddress loggedAddress() {
        return announcement.map(Announcement::client).orElse(peer);
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
