package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of an input that may be endless or not text at all: of each line, no more is kept than a target can be long, and one
 * byte, so that what is longer is still too long.
 */
final class TargetLines {

    /** The longest request line of the proxy, 8 KiB, and one more. */
    static final int MAX_KEPT_BYTES = 8 * 1024 + 1;

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private final byte[] line = new byte[MAX_KEPT_BYTES];
    private int position;
    private int limit;

    TargetLines(InputStream in) {
        this.in = in;
    }

    /** Returns whether something can be read without waiting for it; a line that has only begun cannot. */
    boolean isReady() throws IOException {
        for (int i = position; i < limit; i++) {
            if (buffer[i] == '\n') {
                return true;
            }
        }
        return in.available() > 0;
    }

    /** Returns the next line without its end, waiting for it; null at the end of the input. */
    @Nullable
    String next() throws IOException {
        int length = 0;
        int octet = read();
        if (octet < 0) {
            return null;
        }
        for (; octet >= 0 && octet != '\n'; octet = read()) {
            if (length < MAX_KEPT_BYTES) {
                line[length++] = (byte) octet;
            }
        }
        boolean carriageReturn = length > 0 && line[length - 1] == '\r';
        return new String(line, 0, carriageReturn ? length - 1 : length, UTF_8);
    }

    private int read() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer));
        }
        return position < limit ? buffer[position++] & 0xff : -1;
    }
}
