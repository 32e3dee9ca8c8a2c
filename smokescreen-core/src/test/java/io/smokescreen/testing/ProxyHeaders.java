package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/** PROXY protocol headers of version 2, byte by byte and not by the library that reads them. */
public final class ProxyHeaders {

    public static final int PROXY = 0x21;
    public static final int LOCAL = 0x20;
    public static final int TCP4 = 0x11;
    public static final int TCP6 = 0x21;

    /** 192.0.2.7 port 4711 to 198.51.100.1 port 443. */
    public static final byte[] IPV4 = bytes(192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 1, 0xbb);

    /** 2001:db8::7 port 4711 to 2001:db8::1 port 443. */
    public static final byte[] IPV6 = join(
            bytes(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7),
            bytes(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
            bytes(0x12, 0x67, 1, 0xbb));

    private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

    private ProxyHeaders() {}

    /** {@return a header whose length field is true} */
    public static byte[] v2(int command, int family, byte[]... parts) {
        return v2WithLength(command, family, join(parts).length, parts);
    }

    /** {@return a header whose length field says that} */
    public static byte[] v2WithLength(int command, int family, int length, byte[]... parts) {
        return join(SIGNATURE, bytes(command, family, length >> 8, length), join(parts));
    }

    /** {@return an extension whose length field is true} */
    public static byte[] tlv(int type, byte[] value) {
        return join(bytes(type, value.length >> 8, value.length), value);
    }

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
