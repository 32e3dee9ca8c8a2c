package io.smokescreen.internal.address;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of one response that speak of addresses, by the name they belong to. Records for names that nobody asked for
 * are here too, but nobody finds them: a lookup starts at the name asked for and goes along aliases only (bailiwick). Names
 * that are no host names and addresses of the wrong length are left out.
 */
final class DnsAnswer {

    private final Map<String, Alias> aliases = new HashMap<>();
    private final Map<String, Addresses> addresses = new HashMap<>();

    /** Reads a response without taking it over. */
    static DnsAnswer read(DnsResponse response, DnsRecordType wanted) {
        DnsAnswer answer = new DnsAnswer();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord dnsRecord = response.recordAt(DnsSection.ANSWER, i);
            Optional<String> owner = hostName(dnsRecord.name());
            if (owner.isPresent() && dnsRecord instanceof DnsRawRecord raw) {
                answer.add(owner.get(), raw, wanted);
            }
        }
        return answer;
    }

    @Nullable
    Alias aliasOf(String name) {
        return aliases.get(name);
    }

    @Nullable
    Addresses addressesOf(String name) {
        return addresses.get(name);
    }

    private void add(String owner, DnsRawRecord raw, DnsRecordType wanted) {
        if (raw.type().equals(DnsRecordType.CNAME)) {
            aliasTarget(raw.content())
                    .ifPresent(target -> aliases.putIfAbsent(owner, new Alias(target, raw.timeToLive())));
            return;
        }
        int length = wanted.equals(DnsRecordType.A) ? 4 : 16;
        if (raw.type().equals(wanted) && raw.content().readableBytes() == length) {
            addresses
                    .computeIfAbsent(owner, name -> new Addresses())
                    .add(Ip.ofBytes(ByteBufUtil.getBytes(raw.content())), raw.timeToLive());
        }
    }

    private static Optional<String> aliasTarget(ByteBuf content) {
        try {
            return hostName(DefaultDnsRecordDecoder.decodeName(content.duplicate()));
        } catch (CorruptedFrameException | IndexOutOfBoundsException e) { // not a name: as if it were not there
            return Optional.empty();
        }
    }

    /** A name in canonical form. What looks like an address, or is this machine by definition, is nothing DNS may say. */
    private static Optional<String> hostName(String text) {
        return Host.tryParse(text)
                .filter(host -> host.address().isEmpty() && !host.isLocalhost())
                .map(Host::text);
    }

    /**
     * A CNAME record.
     *
     * @param target the name it points to, canonical
     * @param ttlSeconds how long that holds
     */
    record Alias(String target, long ttlSeconds) {}

    /** The address records of one name. */
    static final class Addresses {

        private final Set<InetAddress> distinct = new LinkedHashSet<>();
        private long ttlSeconds = Long.MAX_VALUE;

        private void add(InetAddress address, long ttl) {
            distinct.add(address);
            ttlSeconds = Math.min(ttlSeconds, ttl);
        }

        List<InetAddress> list() {
            return new ArrayList<>(distinct);
        }

        long ttlSeconds() {
            return ttlSeconds;
        }
    }
}
