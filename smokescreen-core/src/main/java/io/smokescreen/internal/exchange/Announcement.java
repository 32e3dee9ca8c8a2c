package io.smokescreen.internal.exchange;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/**
 * Who the client of a connection is by the word of the TCP peer, in a PROXY protocol header.
 *
 * @param client the address the header gives
 * @param counts whether decisions go by it, because the peer is trusted; otherwise only the log does
 */
public record Announcement(InetSocketAddress client, boolean counts) {

    private static final AttributeKey<Announcement> KEY = AttributeKey.valueOf(Announcement.class, "announcement");

    /** Ties it to the connection. */
    public void keep(Channel channel) {
        channel.attr(KEY).set(this);
    }

    static Optional<Announcement> of(Channel channel) {
        return Optional.ofNullable(channel.attr(KEY).get());
    }

    /** {@return the client as log lines call it} */
    public static SocketAddress logged(Channel channel) {
        return of(channel).<SocketAddress>map(Announcement::client).orElseGet(channel::remoteAddress);
    }
}
