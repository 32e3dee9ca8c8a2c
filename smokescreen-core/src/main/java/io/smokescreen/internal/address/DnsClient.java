package io.smokescreen.internal.address;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Sends single questions on one event loop. Only the message layer of Netty's resolver is used: ids, sockets, matching of
 * answers to questions, and TCP after truncation. All its caches, its search domains and its hosts file are off.
 */
final class DnsClient {

    /** RFC 9715 §3: answers of this size are not fragmented on the way. Longer ones come over TCP. */
    static final int MAX_UDP_PAYLOAD = 1232;

    private final EventLoop loop;
    private final DnsNameResolver netty;

    /** Creates a client. It opens a socket for each question, from the factories. */
    DnsClient(
            EventLoop loop,
            Duration timeout,
            AddressFamilies families,
            ChannelFactory<? extends DatagramChannel> udp,
            ChannelFactory<? extends SocketChannel> tcp) {
        this.loop = loop;
        this.netty = new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(udp)
                .socketChannelFactory(tcp)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .queryTimeoutMillis(Math.max(1, timeout.toMillis()))
                .maxPayloadSize(MAX_UDP_PAYLOAD)
                .optResourceEnabled(true)
                .recursionDesired(true)
                .decodeIdn(false)
                .searchDomains(List.of())
                .ndots(1)
                .resolvedAddressTypes(families.resolvedTypes())
                .hostsFileEntriesResolver((name, types) -> null)
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .build();
    }

    EventLoop loop() {
        return loop;
    }

    /** Asks; cancelling the future closes the socket. */
    Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> ask(InetSocketAddress server, DnsQuestion question) {
        return netty.query(server, question);
    }

    void close() {
        netty.close();
    }
}
