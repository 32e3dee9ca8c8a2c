package io.smokescreen.internal.address;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.ResolvedAddressTypes;
import java.util.List;

/** Which addresses of a name are asked for. IPv4 comes first, as in Go. */
public enum AddressFamilies {
    /** Both. */
    IPV4_AND_IPV6,
    /** IPv4 only. */
    IPV4,
    /** IPv6 only. */
    IPV6;

    ResolvedAddressTypes resolvedTypes() {
        return switch (this) {
            case IPV4_AND_IPV6 -> ResolvedAddressTypes.IPV4_PREFERRED;
            case IPV4 -> ResolvedAddressTypes.IPV4_ONLY;
            case IPV6 -> ResolvedAddressTypes.IPV6_ONLY;
        };
    }

    List<DnsRecordType> recordTypes() {
        return switch (this) {
            case IPV4_AND_IPV6 -> List.of(DnsRecordType.A, DnsRecordType.AAAA);
            case IPV4 -> List.of(DnsRecordType.A);
            case IPV6 -> List.of(DnsRecordType.AAAA);
        };
    }
}
