package io.smokescreen.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.Com., example.com",
        "_dmarc.a_b.example.com, _dmarc.a_b.example.com",
        "xn--jv8h.example.com, xn--jv8h.example.com",
        "localhost, localhost",
        "a.1a, a.1a", // just outside a numeric last label
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", // the longest run of zeros
        "1:0:0:2:0:0:3:4, 1::2:0:0:3:4", // the first of two runs of one length
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7", // a single zero group is not a run
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "::127.0.0.2, ::7f00:2", // compatible, not mapped
        "::ffff:127.0.0.2, 127.0.0.2",
        "::FFFF:7F00:2, 127.0.0.2",
    })
    void host_isCanonical(String text, String canonical) {
        assertThat(Host.parse(text).text()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a.b..",
                "-a.b",
                "a-.b",
                "a b",
                "a\tb",
                "a%2eb",
                "a@b",
                "a/b",
                "a\\b",
                "ä.b",
                "a\u0000b",
                "１２７.0.0.1",
                "127.1",
                "1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "a.0x1",
                "0177.0.0.1",
                "127.0.0.01",
                "127.0.0.1.",
                "127.0.0.256",
                "127.0.0",
                "127.0.0.1.1",
                "1.2.3.4a.5",
                "+1.2.3.4",
                "[::1]",
                ":",
                ":::",
                "::1::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "::00001",
                "::g",
                "::1%eth0",
                "::ffff:127.1",
                "::ffff:0x7f.0.0.1",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.4:5",
                "1:",
                ":1"
            })
    void text_isNoHost(String text) {
        assertThat(Host.tryParse(text)).isEmpty();
        assertThatThrownBy(() -> Host.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a DNS name");
    }

    @Test
    void lengths_endWhereDnsEnds() {
        String label = "a".repeat(Host.MAX_LABEL_LENGTH);
        String name = label + "." + label + "." + label + "." + "a".repeat(61);

        assertThat(name).hasSize(Host.MAX_NAME_LENGTH);
        assertThat(Host.tryParse(name)).isPresent();
        assertThat(Host.tryParse(name + "a")).isEmpty(); // just outside the name
        assertThat(Host.tryParse(label + "a")).isEmpty(); // just outside the label
    }

    @Test
    void localhost_isWhatEndsInIt() {
        assertThat(Host.parse("a.LOCALHOST.").isLocalhost()).isTrue();
        assertThat(Host.parse("notlocalhost").isLocalhost()).isFalse();
        assertThat(Host.parse("localhost.example.com").isLocalhost()).isFalse();
    }

    @Property
    void anyText_isParsedToAFixedPoint_orNotAtAll(@ForAll String text) {
        Host.tryParse(text)
                .ifPresent(host -> assertThat(Host.tryParse(host.text())).contains(host));
    }

    @Property
    void anyAddress_isReadBackAsItself(@ForAll @Size(16) byte[] bytes) throws Exception {
        Host host = Host.of(InetAddress.getByAddress(bytes));

        assertThat(Host.parse(host.text()).address()).contains(InetAddress.getByAddress(bytes));
    }
}
