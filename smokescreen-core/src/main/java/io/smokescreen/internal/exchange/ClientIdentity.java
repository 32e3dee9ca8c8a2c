package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.smokescreen.api.ClientRequest;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.x509.SubjectNames;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Who is at the other end of a connection: established once for each connection, after TLS.
 *
 * @param peer the TCP peer
 * @param announcement what the peer said of the client in front of it, if it said anything
 * @param certificates the verified chain, leaf first; empty without one
 * @param commonName of the leaf, or the empty string
 * @param organizationalUnit of the leaf, or the empty string
 */
public record ClientIdentity(
        InetSocketAddress peer,
        Optional<Announcement> announcement,
        List<X509Certificate> certificates,
        String commonName,
        String organizationalUnit) {

    /** The client's verified certificates, its own first; set once they are, else there are none. */
    public static final AttributeKey<List<X509Certificate>> CERTIFICATES =
            AttributeKey.valueOf(ClientIdentity.class, "certificates");

    static ClientIdentity of(Channel channel) {
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        Optional<Announcement> announcement = Announcement.of(channel);
        List<X509Certificate> chain = channel.attr(CERTIFICATES).get();
        if (chain == null || chain.isEmpty()) {
            return new ClientIdentity(peer, announcement, List.of(), "", "");
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
}
