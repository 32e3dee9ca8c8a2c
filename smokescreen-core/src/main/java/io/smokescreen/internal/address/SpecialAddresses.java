package io.smokescreen.internal.address;

import static io.smokescreen.api.AddressVerdict.ALLOW_DEFAULT;
import static io.smokescreen.api.AddressVerdict.DENY_CGNAT_RANGE;
import static io.smokescreen.api.AddressVerdict.DENY_CLOUD_METADATA;
import static io.smokescreen.api.AddressVerdict.DENY_IPV6_EMBEDDING;
import static io.smokescreen.api.AddressVerdict.DENY_NOT_GLOBAL_UNICAST;
import static io.smokescreen.api.AddressVerdict.DENY_PRIVATE_RANGE;
import static io.smokescreen.api.AddressVerdict.DENY_SPECIAL_PURPOSE;
import static java.util.stream.Collectors.toMap;

import io.smokescreen.api.AddressVerdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The built-in tables: what is said of an address that no rule speaks of. The most specific row counts.
 *
 * <p>Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), the IANA IPv6 Address Space
 * registry, and the documentation of the clouds. Blocks that the registries call globally reachable but that hold no
 * service to connect to (anycast of AS112, AMT and PCP, hashes) are refused too.
 */
final class SpecialAddresses {

    private static final List<Row> STRICT = List.of(
            row("0.0.0.0/8", DENY_SPECIAL_PURPOSE), // "this network", RFC 791 §3.2
            row("0.0.0.0/32", DENY_NOT_GLOBAL_UNICAST), // "this host", RFC 1122 §3.2.1.3
            row("10.0.0.0/8", DENY_PRIVATE_RANGE), // RFC 1918
            row("100.64.0.0/10", DENY_CGNAT_RANGE), // shared address space, RFC 6598
            row("127.0.0.0/8", DENY_NOT_GLOBAL_UNICAST), // loopback, RFC 1122 §3.2.1.3
            row("169.254.0.0/16", DENY_NOT_GLOBAL_UNICAST), // link-local, RFC 3927
            row("172.16.0.0/12", DENY_PRIVATE_RANGE), // RFC 1918
            row("192.0.0.0/24", DENY_SPECIAL_PURPOSE), // IETF protocol assignments, RFC 6890 §2.1
            row("192.0.2.0/24", DENY_SPECIAL_PURPOSE), // documentation, TEST-NET-1, RFC 5737
            row("192.31.196.0/24", DENY_SPECIAL_PURPOSE), // AS112, RFC 7535
            row("192.52.193.0/24", DENY_SPECIAL_PURPOSE), // AMT relays, RFC 7450
            row("192.88.99.0/24", DENY_SPECIAL_PURPOSE), // 6to4 relays, deprecated by RFC 7526
            row("192.168.0.0/16", DENY_PRIVATE_RANGE), // RFC 1918
            row("192.175.48.0/24", DENY_SPECIAL_PURPOSE), // direct delegation AS112, RFC 7534
            row("198.18.0.0/15", DENY_SPECIAL_PURPOSE), // benchmarking, RFC 2544
            row("198.51.100.0/24", DENY_SPECIAL_PURPOSE), // documentation, TEST-NET-2, RFC 5737
            row("203.0.113.0/24", DENY_SPECIAL_PURPOSE), // documentation, TEST-NET-3, RFC 5737
            row("224.0.0.0/4", DENY_NOT_GLOBAL_UNICAST), // multicast, RFC 5771
            row("240.0.0.0/4", DENY_SPECIAL_PURPOSE), // reserved, RFC 1112 §4
            row("255.255.255.255/32", DENY_NOT_GLOBAL_UNICAST), // limited broadcast, RFC 919 §7
            row("::/0", DENY_SPECIAL_PURPOSE), // nothing else is delegated for global unicast, RFC 4291 §2.4
            row("2000::/3", ALLOW_DEFAULT), // global unicast, IANA IPv6 Address Space
            row("::/96", DENY_IPV6_EMBEDDING), // IPv4-compatible, RFC 4291 §2.5.5.1
            row("::/128", DENY_NOT_GLOBAL_UNICAST), // unspecified, RFC 4291 §2.5.2
            row("::1/128", DENY_NOT_GLOBAL_UNICAST), // loopback, RFC 4291 §2.5.3
            row("::ffff:0:0:0/96", DENY_IPV6_EMBEDDING), // IPv4-translated, RFC 2765 §2.1
            row("64:ff9b::/96", DENY_IPV6_EMBEDDING), // NAT64, RFC 6052
            row("64:ff9b:1::/48", DENY_IPV6_EMBEDDING), // NAT64 for local use, RFC 8215
            row("100::/64", DENY_SPECIAL_PURPOSE), // discard-only, RFC 6666
            row("100:0:0:1::/64", DENY_SPECIAL_PURPOSE), // dummy prefix, RFC 9780
            row("2001::/23", DENY_SPECIAL_PURPOSE), // IETF protocol assignments with all below it, RFC 2928
            row("2001::/32", DENY_IPV6_EMBEDDING), // Teredo, RFC 4380
            row("2001:db8::/32", DENY_SPECIAL_PURPOSE), // documentation, RFC 3849
            row("2002::/16", DENY_IPV6_EMBEDDING), // 6to4, RFC 3056
            row("2620:4f:8000::/48", DENY_SPECIAL_PURPOSE), // direct delegation AS112, RFC 7534
            row("3ffe::/16", DENY_SPECIAL_PURPOSE), // the former 6bone, RFC 3701
            row("3fff::/20", DENY_SPECIAL_PURPOSE), // documentation, RFC 9637
            row("5f00::/16", DENY_SPECIAL_PURPOSE), // segment routing SIDs, RFC 9602
            row("fc00::/7", DENY_PRIVATE_RANGE), // unique local, RFC 4193
            row("fe80::/10", DENY_NOT_GLOBAL_UNICAST), // link-local unicast, RFC 4291 §2.5.6
            row("fec0::/10", DENY_SPECIAL_PURPOSE), // site-local, deprecated by RFC 3879
            row("ff00::/8", DENY_NOT_GLOBAL_UNICAST)); // multicast, RFC 4291 §2.7

    private static final List<Row> METADATA = List.of(
            row("100.100.100.200/32", DENY_CLOUD_METADATA), // Alibaba Cloud
            row("168.63.129.16/32", DENY_CLOUD_METADATA), // Azure, the WireServer
            row("169.254.42.42/32", DENY_CLOUD_METADATA), // Scaleway
            row("169.254.169.254/32", DENY_CLOUD_METADATA), // AWS, Azure, Google Cloud, Oracle and others
            row("169.254.170.2/32", DENY_CLOUD_METADATA), // AWS ECS, task credentials
            row("169.254.170.23/32", DENY_CLOUD_METADATA), // AWS EKS, pod identity
            row("192.0.0.192/32", DENY_CLOUD_METADATA), // Oracle Cloud Classic
            row("fd00:42::42/128", DENY_CLOUD_METADATA), // Scaleway
            row("fd00:c1::a9fe:a9fe/128", DENY_CLOUD_METADATA), // Oracle Cloud
            row("fd00:ec2::23/128", DENY_CLOUD_METADATA), // AWS EKS, pod identity
            row("fd00:ec2::254/128", DENY_CLOUD_METADATA), // AWS
            row("fd20:ce::254/128", DENY_CLOUD_METADATA)); // Google Cloud

    /** Go: {@code net.IP.IsGlobalUnicast}, {@code IsLoopback} and the three lists of {@code classifyAddr}. */
    private static final List<Row> SMOKESCREEN = List.of(
            row("0.0.0.0/32", DENY_NOT_GLOBAL_UNICAST),
            row("127.0.0.0/8", DENY_NOT_GLOBAL_UNICAST),
            row("169.254.0.0/16", DENY_NOT_GLOBAL_UNICAST),
            row("224.0.0.0/4", DENY_NOT_GLOBAL_UNICAST),
            row("255.255.255.255/32", DENY_NOT_GLOBAL_UNICAST),
            row("::/128", DENY_NOT_GLOBAL_UNICAST),
            row("::1/128", DENY_NOT_GLOBAL_UNICAST),
            row("fe80::/10", DENY_NOT_GLOBAL_UNICAST),
            row("ff00::/8", DENY_NOT_GLOBAL_UNICAST),
            row("10.0.0.0/8", DENY_PRIVATE_RANGE),
            row("172.16.0.0/12", DENY_PRIVATE_RANGE),
            row("192.168.0.0/16", DENY_PRIVATE_RANGE),
            row("fc00::/7", DENY_PRIVATE_RANGE),
            row("100.64.0.0/10", DENY_CGNAT_RANGE),
            row("64:ff9b::/96", DENY_IPV6_EMBEDDING),
            row("2001::/32", DENY_IPV6_EMBEDDING),
            row("2002::/16", DENY_IPV6_EMBEDDING));

    private SpecialAddresses() {}

    /** The strict policy's blocks and the metadata services. */
    static RangeTable<AddressVerdict> strict() {
        return compile(Stream.concat(STRICT.stream(), METADATA.stream()));
    }

    /** The blocks that Go's Smokescreen knows. */
    static RangeTable<AddressVerdict> smokescreen() {
        return compile(SMOKESCREEN.stream());
    }

    private static RangeTable<AddressVerdict> compile(Stream<Row> rows) {
        Map<Cidr, AddressVerdict> verdicts = rows.collect(toMap(Row::block, Row::verdict));
        return RangeTable.compile(verdicts, ALLOW_DEFAULT, (around, own) -> own);
    }

    private static Row row(String block, AddressVerdict verdict) {
        return new Row(RuleParser.strict().range(block), verdict);
    }

    private record Row(Cidr block, AddressVerdict verdict) {}
}
