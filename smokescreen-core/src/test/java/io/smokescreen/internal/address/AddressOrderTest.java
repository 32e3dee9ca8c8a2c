package io.smokescreen.internal.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Host;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressOrderTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "192.0.2.1, -, 192.0.2.1",
                "192.0.2.1 192.0.2.2, -, 192.0.2.1 192.0.2.2",
                "2001:db8::1 2001:db8::2 192.0.2.1 192.0.2.2, -, 2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2",
                "192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1, -, 192.0.2.1 2001:db8::1 192.0.2.2 192.0.2.3",
                "192.0.2.1 2001:db8::1 2001:db8::2 2001:db8::3, -, 192.0.2.1 2001:db8::1 2001:db8::2 2001:db8::3",
                // deferred: last, in the order of their list, not of the answer, and not by turns
                "192.0.2.1 192.0.2.2 192.0.2.3, 192.0.2.2 192.0.2.1, 192.0.2.3 192.0.2.2 192.0.2.1",
                "192.0.2.1 2001:db8::1 192.0.2.2, 192.0.2.1, 2001:db8::1 192.0.2.2 192.0.2.1",
                "192.0.2.1 192.0.2.2 2001:db8::1, 2001:db8::1 192.0.2.1, 192.0.2.2 2001:db8::1 192.0.2.1",
                "192.0.2.1 192.0.2.2, 192.0.2.2 192.0.2.1, 192.0.2.2 192.0.2.1",
                // a deferred address that the destination does not have
                "192.0.2.1 2001:db8::1, 192.0.2.9, 192.0.2.1 2001:db8::1",
            })
    void of_takesTurnsOfTheFamilies_deferredLast(String addresses, String deferred, String expected) {
        assertThat(AddressOrder.of(parse(addresses), parse(deferred))).isEqualTo(parse(expected));
    }

    private static List<InetAddress> parse(String addresses) {
        if (addresses == null) {
            return List.of();
        }
        return Arrays.stream(addresses.split(" ", -1))
                .map(text -> Host.parse(text).address().orElseThrow())
                .toList();
    }
}
