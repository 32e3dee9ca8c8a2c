package io.smokescreen.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** As much of HTTP as a load needs. */
final class HttpHead {

    private static final int END = 0x0d0a0d0a;
    private static final int MAX_BYTES = 64 * 1024;

    private HttpHead() {}

    /** Reads a head up to its empty line; null where the stream ended before the first byte. */
    static @Nullable String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(256);
        int last4 = 0;
        while (last4 != END) {
            int b = in.read();
            if (b < 0 && head.size() == 0) {
                return null;
            }
            if (b < 0 || head.size() == MAX_BYTES) {
                throw new IOException("head cut off after " + head.size() + " bytes: " + text(head));
            }
            head.write(b);
            last4 = (last4 << 8) | b;
        }
        return text(head);
    }

    /** Reads the head of a response, which must be a 200. */
    static String readOk(InputStream in) throws IOException {
        String head = read(in);
        if (head == null) {
            throw new IOException("closed without an answer (expected 200)");
        }
        if (!head.startsWith("HTTP/1.1 200") && !head.startsWith("HTTP/1.0 200")) {
            throw new IOException("answer '" + head.strip() + "' (expected 200)");
        }
        return head;
    }

    private static String text(ByteArrayOutputStream head) {
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
