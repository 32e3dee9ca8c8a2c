package io.smokescreen.internal.address;

import io.netty.resolver.dns.DefaultDnsServerAddressStreamProvider;
import io.smokescreen.api.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The DNS servers of the system. */
final class DnsServers {

    private static final Logger logger = LoggerFactory.getLogger(DnsServers.class);
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final int DNS_PORT = 53;

    /** As glibc: MAXNS. */
    private static final int MAX_SERVERS = 3;

    private DnsServers() {}

    /** {@return those of /etc/resolv.conf, or what Netty finds where there is no such file} */
    static List<InetSocketAddress> ofSystem() {
        if (!Files.isReadable(RESOLV_CONF)) {
            return DefaultDnsServerAddressStreamProvider.defaultAddressList();
        }
        try (Stream<String> lines = Files.lines(RESOLV_CONF, StandardCharsets.ISO_8859_1)) {
            return parse(lines);
        } catch (IOException | RuntimeException e) {
            logger.warn("Cannot read {}, asking the DNS server of this machine", RESOLV_CONF, e);
            return parse(Stream.of());
        }
    }

    /** The {@code nameserver} lines of resolv.conf(5); without any, the server of this machine. */
    static List<InetSocketAddress> parse(Stream<String> lines) {
        List<InetSocketAddress> servers = lines.map(line -> line.strip().split("\\s+", 3))
                .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
                .flatMap(words -> Host.tryParse(words[1]).flatMap(Host::address).stream())
                .limit(MAX_SERVERS)
                .map(address -> new InetSocketAddress(address, DNS_PORT))
                .toList();
        return Optional.of(servers)
                .filter(some -> !some.isEmpty())
                .orElseGet(() -> List.of(new InetSocketAddress(Ip.ofV4(0x7f00_0001), DNS_PORT)));
    }
}
