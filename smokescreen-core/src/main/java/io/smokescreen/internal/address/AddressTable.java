package io.smokescreen.internal.address;

import io.smokescreen.api.ConfigurationException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Values by ranges of addresses, where the most specific range has the say: who is trusted, who has which role.
 *
 * <p>Thread safety: immutable, if the values are.
 *
 * @param <V> the values, with {@code equals}
 */
public final class AddressTable<V> {

    private final RangeTable<Optional<V>> table;

    private AddressTable(RangeTable<Optional<V>> table) {
        this.table = table;
    }

    /**
     * Reads the ranges.
     *
     * @param ranges values by range, such as {@code 192.0.2.0/24} or {@code 2001:db8::/32}
     * @throws ConfigurationException if a range is not one, or two of them are the same range with different values
     */
    public static <V> AddressTable<V> of(Map<String, V> ranges) {
        Map<Cidr, Optional<V>> blocks = new HashMap<>();
        ranges.forEach((text, value) -> {
            Optional<V> before = blocks.put(RuleParser.strict().range(text), Optional.of(value));
            if (before != null && !before.get().equals(value)) {
                throw new ConfigurationException(
                        "'" + text + "' has two values, '" + before.get() + "' and '" + value + "' (expected one)");
            }
        });
        return new AddressTable<>(RangeTable.compile(blocks, Optional.empty(), (around, own) -> own));
    }

    /** {@return the value of the most specific range the address is in; an IPv4-mapped one is its IPv4 address} */
    public Optional<V> find(InetAddress address) {
        byte[] bytes = Ip.plain(address).getAddress();
        return bytes.length == 4 ? table.get(Ip.v4(bytes)) : table.get(Ip.high(bytes), Ip.low(bytes));
    }
}
