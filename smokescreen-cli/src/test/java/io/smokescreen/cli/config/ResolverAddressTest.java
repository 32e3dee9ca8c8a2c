package io.smokescreen.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolverAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.53, 192.0.2.53, 53",
        "192.0.2.53:1, 192.0.2.53, 1",
        "192.0.2.53:65535, 192.0.2.53, 65535",
        "2001:db8::53, 2001:db8:0:0:0:0:0:53, 53",
        "[2001:db8::53], 2001:db8:0:0:0:0:0:53, 53",
        "[2001:db8::53]:5353, 2001:db8:0:0:0:0:0:53, 5353",
    })
    void reads_an_address_with_or_without_a_port(String text, String ip, int port) {
        InetSocketAddress address = ResolverAddress.parse(text);

        assertThat(address.isUnresolved()).isFalse();
        assertThat(address.getAddress().getHostAddress()).isEqualTo(ip);
        assertThat(address.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":53",
                "dns.example.com",
                "dns.example.com:53",
                "localhost",
                "192.0.2.53:",
                "192.0.2.53:0",
                "192.0.2.53:065",
                "192.0.2.53:65536",
                "192.0.2.53:99999",
                "192.0.2.53:+53",
                "127.1",
                "127.1:53",
                "0x7f.0.0.1",
                "010.0.0.1",
                "[192.0.2.53]:53",
                "[2001:db8::53",
                "2001:db8::53]:53",
                "[fe80::1%eth0]:53",
                "[[::1]]:53",
                " 192.0.2.53",
                "[]"
            })
    void refuses_names_and_everything_else(String text) {
        assertThatThrownBy(() -> ResolverAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + text + "'")
                .hasMessageContaining("expected IP[:PORT]");
    }
}
