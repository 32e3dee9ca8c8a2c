package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GlobTest {

    static Stream<Arguments> valid() {
        return Stream.of(
                Arguments.of("example.com", "example.com", false, 0),
                Arguments.of("localhost", "localhost", false, 0),
                Arguments.of("under_score.test", "under_score.test", false, 0),
                Arguments.of("xn--jv8h.example.com", "xn--jv8h.example.com", false, 0),
                Arguments.of("*.example.com", "example.com", true, 0),
                Arguments.of("*.com", "com", true, 0),
                Arguments.of("example.com:443", "example.com", false, 443),
                Arguments.of("*.example.com:65535", "example.com", true, 65535),
                Arguments.of("10.1.2.3", "10.1.2.3", false, 0),
                Arguments.of("10.1.2.3:80", "10.1.2.3", false, 80),
                Arguments.of("2001:db8::1", "2001:db8::1", false, 0),
                Arguments.of("::1", "::1", false, 0),
                Arguments.of("[2001:db8::1]:443", "2001:db8::1", false, 443));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validEntry_isParsed(String text, String name, boolean below, int port) {
        assertThat(Glob.tryParse(text)).isEqualTo(new Glob(text, name, below, port));
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of("", "is empty (expected a name"),
                Arguments.of("  ", "is empty (expected a name"),
                Arguments.of("*", "would match every host"),
                Arguments.of("*.", "would match every host"),
                Arguments.of("*:443", "would match every host"),
                Arguments.of("*com", "star in the wrong place"),
                Arguments.of("a.*.com", "star in the wrong place"),
                Arguments.of("example.*", "star in the wrong place"),
                Arguments.of("*.*.example.com", "star in the wrong place"),
                Arguments.of("**.example.com", "star in the wrong place"),
                Arguments.of("*.exa*mple.com", "star in the wrong place"),
                Arguments.of(".example.com", "(write '*.example.com')"),
                Arguments.of("*..example.com", "is neither a host name nor an address"),
                Arguments.of("Example.COM", "is not in lower case (write 'example.com')"),
                Arguments.of("*.Example.com:443", "is not in lower case (write '*.example.com:443')"),
                Arguments.of("example.com.", "ends in a dot (write 'example.com')"),
                Arguments.of("example.com.:443", "ends in a dot (write 'example.com:443')"),
                Arguments.of(" example.com", "holds a blank or a control character (write 'example.com')"),
                Arguments.of("exam ple.com", "holds a blank or a control character (expected"),
                Arguments.of("example.com\tb", "'example.com\\u0009b' holds a blank"),
                Arguments.of(
                        "b\u00fccher.example",
                        "is not ASCII; international names are written in punycode (write 'xn--bcher-kva.example')"),
                Arguments.of("*.b\u00fccher.example", "(write '*.xn--bcher-kva.example')"),
                // ZERO WIDTH SPACE, and a sign that punycode makes a slash of
                Arguments.of("exam\u200bple.com", "'exam\\u200bple.com' is not ASCII"),
                Arguments.of("a\u2100c.com", "is not ASCII; international names are written in punycode (expected"),
                Arguments.of("https://example.com", "is not a host alone (write 'example.com')"),
                Arguments.of("https://user@Example.com:8443/a?b#c", "is not a host alone (write 'example.com:8443')"),
                Arguments.of("example.com/path", "is not a host alone (write 'example.com')"),
                Arguments.of("example.com:0", "has a port that is not a number from 1 to 65535 (expected"),
                Arguments.of("example.com:65536", "has a port"),
                Arguments.of("example.com:443x", "has a port"),
                Arguments.of("example.com:", "has a port"),
                Arguments.of("example.com:0443", "has a port"),
                Arguments.of("10.0.0.0/8", "is a range of addresses"),
                Arguments.of("2001:db8::/32", "is a range of addresses"),
                Arguments.of("*.10.1.2.3", "is below an address, where there are no names"),
                Arguments.of("127.1", "is neither a host name nor an address (expected"),
                Arguments.of("010.1.2.3", "is neither a host name nor an address (expected"),
                Arguments.of("0x7f.1", "is neither a host name nor an address (expected"),
                Arguments.of("2001:DB8::1", "not an IPv6 address in its canonical form (write '2001:db8::1')"),
                Arguments.of("2001:db8:0:0::1", "not an IPv6 address in its canonical form (write '2001:db8::1')"),
                Arguments.of("::ffff:10.1.2.3", "not an IPv6 address in its canonical form (write '10.1.2.3')"),
                Arguments.of("[2001:db8::1]", "not an IPv6 address in its canonical form (write '2001:db8::1')"),
                Arguments.of("[2001:db8::1%eth0]:443", "is not a host alone (expected"),
                Arguments.of("[10.1.2.3]:443", "not an IPv6 address in its canonical form"),
                Arguments.of("[example.com]:443", "not an IPv6 address in its canonical form"),
                Arguments.of("-example.com", "is neither a host name nor an address (expected"),
                Arguments.of("a".repeat(64) + ".com", "is neither a host name nor an address (expected"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalidEntry_isRefusedWithWhatToWrite(String text, String problem) {
        assertThat(Glob.tryParse(text)).isNull();
        assertThat(GlobHint.explain(text)).contains(problem);
    }
}
