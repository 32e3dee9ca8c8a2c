package io.smokescreen.internal.listener;

import static io.smokescreen.testing.ProxyHeaders.IPV4;
import static io.smokescreen.testing.ProxyHeaders.IPV6;
import static io.smokescreen.testing.ProxyHeaders.LOCAL;
import static io.smokescreen.testing.ProxyHeaders.PROXY;
import static io.smokescreen.testing.ProxyHeaders.TCP4;
import static io.smokescreen.testing.ProxyHeaders.TCP6;
import static io.smokescreen.testing.ProxyHeaders.bytes;
import static io.smokescreen.testing.ProxyHeaders.join;
import static io.smokescreen.testing.ProxyHeaders.tlv;
import static io.smokescreen.testing.ProxyHeaders.v2;
import static io.smokescreen.testing.ProxyHeaders.v2WithLength;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.smokescreen.internal.listener.ProxyHeader.State;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a PROXY protocol header, decided before any library sees it. */
class ProxyHeaderTest {

    private static final String REST = "GET http://a.test/ HTTP/1.1\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443",
                "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535",
                "PROXY TCP4 0.0.0.0 0.0.0.0 0 0",
                "PROXY TCP6 2001:db8::7 2001:DB8::1 4711 443",
                "PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0007 ::1 1 65535",
                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
                "PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 4711 443",
                "PROXY UNKNOWN",
                "PROXY UNKNOWN ",
                "PROXY UNKNOWN 192.0.2.7 198.51.100.1 4711 443",
                "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
            })
    void v1_validLine_isCompleteAtItsLineEnd(String line) {
        byte[] header = (line + "\r\n").getBytes(ISO_8859_1);

        assertThat(check(join(header, REST.getBytes(ISO_8859_1))))
                .isEqualTo(ProxyHeader.complete(header.length, header.length));
        assertIncompleteUpTo(header);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 2001:db8::7 2001:db8::1 4711 443\r\n",
                "PROXY TCP4 ::ffff:192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2.7 2001:db8::1 4711 443\r\n",
                "PROXY TCP6 192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY TCP6 2001:db8::7 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 65536\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 99999999999 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 +1 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 04711 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 00\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 0x12 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 \u0664 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\n",
                "PROXY UNKNOWN\n",
                "PROXY TCP4 192.0.2.07 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 0192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 3221225991 198.51.100.1 4711 443\r\n",
                "PROXY TCP6 fe80::7%eth0 2001:db8::1 4711 443\r\n",
                "PROXY TCP6 [2001:db8::7] 2001:db8::1 4711 443\r\n",
                "PROXY TCP6 2001:db8::7::1 2001:db8::1 4711 443\r\n",
                "PROXY TCP4 client.example.com 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 localhost localhost 4711 443\r\n",
                "PROXY tcp4 192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY unknown\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY UNKNOWN\t\r\n",
                "PROXY UNKNOWN \0\r\n",
                "PROXY UNKNOWN \u001b[2J\r\n",
                "PROXY UNKNOWN \u00e9\r\n",
                "PROXY UNKNOWN a\rb\r\n",
                "PROXY TCP4\t192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2.7\0 198.51.100.1 4711 443\r\n",
                "PROXY TCP4  192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY  TCP4 192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 \r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 x\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 4711\r\n",
                "PROXY TCP4\r\n",
                "PROXY UDP4 192.0.2.7 198.51.100.1 4711 443\r\n",
                "PROXY UNIX /a /b 1 2\r\n",
                "PROXY \r\n",
            })
    void v1_malformedLine_isMalformed(String header) {
        assertThat(check(header.getBytes(ISO_8859_1)).state()).isEqualTo(State.MALFORMED);
    }

    /** The boundary: 107 bytes with the line end are the most the protocol allows. */
    @ParameterizedTest
    @ValueSource(ints = {107, 108, 200_000})
    void v1_length_isLimited(int length) {
        String padding = "x".repeat(length - "PROXY UNKNOWN \r\n".length());
        byte[] header = ("PROXY UNKNOWN " + padding + "\r\n").getBytes(ISO_8859_1);

        assertThat(check(header).state()).isEqualTo(length <= 107 ? State.COMPLETE : State.MALFORMED);
        assertThat(check(Arrays.copyOf(header, 106)).state()).isEqualTo(State.INCOMPLETE);
    }

    @ParameterizedTest
    @MethodSource
    void v2_validHeader_isCompleteAtItsLength(String what, byte[] header, int bareLength) {
        assertThat(check(join(header, REST.getBytes(ISO_8859_1))))
                .as(what)
                .isEqualTo(ProxyHeader.complete(header.length, bareLength));
        assertIncompleteUpTo(header);
    }

    static Stream<Arguments> v2_validHeader_isCompleteAtItsLength() {
        byte[] ssl = tlv(0x20, join(bytes(1, 0, 0, 0, 0), tlv(0x21, bytes('T', 'L', 'S')), tlv(0x22, bytes('c', 'n'))));
        return Stream.of(
                Arguments.of("TCP over IPv4", v2(PROXY, TCP4, IPV4), 28),
                Arguments.of("TCP over IPv6", v2(PROXY, TCP6, IPV6), 52),
                Arguments.of("LOCAL", v2(LOCAL, 0), 16),
                Arguments.of("LOCAL, what follows is ignored", v2(LOCAL, 0xff, bytes(1, 2, 3)), 16),
                Arguments.of("UNSPEC", v2(PROXY, 0), 16),
                Arguments.of("UNSPEC, what follows is ignored", v2(PROXY, 0, new byte[216]), 16),
                Arguments.of("with TLS extension", v2(PROXY, TCP4, IPV4, ssl), 28),
                Arguments.of(
                        "with an unknown and an empty extension",
                        v2(PROXY, TCP6, IPV6, tlv(0xee, IPV4), tlv(4, bytes())),
                        52),
                Arguments.of("longest", v2(PROXY, TCP4, IPV4, tlv(4, new byte[1_024 - 28 - 3])), 28));
    }

    @ParameterizedTest
    @MethodSource
    void v2_invalidHeader_isMalformed(String what, byte[] header) {
        assertThat(check(header).state()).as(what).isEqualTo(State.MALFORMED);
    }

    static Stream<Arguments> v2_invalidHeader_isMalformed() {
        byte[] nested = bytes();
        for (int i = 0; i < 900; i++) {
            nested = tlv(0x20, join(bytes(0, 0, 0, 0, 0), nested));
        }
        byte[] empty = new byte[5_000 * 3];
        Arrays.fill(empty, (byte) 4);
        return Stream.of(
                Arguments.of("version 1", v2(0x11, TCP4, IPV4)),
                Arguments.of("version 3", v2(0x31, TCP4, IPV4)),
                Arguments.of("version and command 0xff", v2(0xff, TCP4, IPV4)),
                Arguments.of("unknown command", v2(0x22, TCP4, IPV4)),
                Arguments.of("UDP over IPv4", v2(PROXY, 0x12, IPV4)),
                Arguments.of("UDP over IPv6", v2(PROXY, 0x22, IPV6)),
                Arguments.of("Unix stream", v2(PROXY, 0x31, new byte[216])),
                Arguments.of("Unix datagram", v2(PROXY, 0x32, new byte[216])),
                Arguments.of("unknown family", v2(PROXY, 0x41, IPV4)),
                Arguments.of("unknown transport", v2(PROXY, 0x10, IPV4)),
                Arguments.of("unspecified family, TCP", v2(PROXY, 0x01)),
                Arguments.of("too short for IPv4", v2(PROXY, TCP4, new byte[11])),
                Arguments.of("too short for IPv6", v2(PROXY, TCP6, IPV4)),
                Arguments.of("no addresses", v2(PROXY, TCP4)),
                Arguments.of("one byte too long", v2(PROXY, TCP4, IPV4, tlv(4, new byte[1_025 - 28 - 3]))),
                Arguments.of("length 65535, nothing there", v2WithLength(PROXY, TCP4, 65_535)),
                Arguments.of("LOCAL with length 65535", v2WithLength(LOCAL, 0, 65_535)),
                Arguments.of("length hides part of the addresses", v2WithLength(PROXY, TCP4, 4, IPV4)),
                Arguments.of("extension cut off", v2(PROXY, TCP4, IPV4, bytes(4, 0))),
                Arguments.of("extension longer than the header", v2(PROXY, TCP4, IPV4, bytes(4, 0, 2, 7))),
                Arguments.of("TLS extension of 4 bytes", v2(PROXY, TCP4, IPV4, tlv(0x20, new byte[4]))),
                Arguments.of("900 extensions in each other", v2(PROXY, TCP4, IPV4, nested)),
                Arguments.of("5000 empty extensions", v2(PROXY, TCP4, IPV4, empty)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "POST http://a.test/",
                "proxy TCP4 ",
                "PROXYTCP4",
                "\u0016\u0003\u0001",
                "\r\nGET ",
                "\0"
            })
    void otherBytes_areNoHeader(String text) {
        assertThat(check(text.getBytes(ISO_8859_1)).state()).isEqualTo(State.ABSENT);
    }

    @Property
    void anyBytes_getAnAnswerThatMoreBytesOnlyComplete(@ForAll("beginnings") byte[] bytes) {
        State before = State.INCOMPLETE;
        for (int i = 0; i <= bytes.length; i++) {
            ProxyHeader header = check(Arrays.copyOf(bytes, i));
            assertThat(before == State.INCOMPLETE || header.state() == before).isTrue();
            assertThat(header.length()).isLessThanOrEqualTo(Math.min(i, 1_024));
            assertThat(header.bareLength()).isLessThanOrEqualTo(header.length());
            before = header.state();
        }
        assertThat(bytes.length <= 1_024 || before != State.INCOMPLETE).isTrue();
    }

    @Provide
    Arbitrary<byte[]> beginnings() {
        Arbitrary<byte[]> tails = Arbitraries.bytes().array(byte[].class).ofMaxSize(1_100);
        return Arbitraries.of(
                        bytes(),
                        "PROXY TCP4 ".getBytes(ISO_8859_1),
                        v2(PROXY, TCP4),
                        v2WithLength(PROXY, TCP4, 40),
                        v2WithLength(PROXY, TCP6, 300))
                .flatMap(head -> tails.map(tail -> join(head, tail)));
    }

    private static void assertIncompleteUpTo(byte[] header) {
        for (int i = 0; i < header.length; i++) {
            assertThat(check(Arrays.copyOf(header, i)).state()).isEqualTo(State.INCOMPLETE);
        }
    }

    private static ProxyHeader check(byte[] bytes) {
        ByteBuf in = Unpooled.buffer().writeByte('x').writeBytes(bytes).skipBytes(1);
        ProxyHeader header = ProxyHeader.check(in);
        assertThat(in.readableBytes()).isEqualTo(bytes.length);
        return header;
    }
}
