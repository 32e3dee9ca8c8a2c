package io.smokescreen.internal.track;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that are unique across processes and cheap: a random start for each process and a counter. */
final class ExchangeId {

    private static final char[] DIGITS = "0123456789abcdefghijklmnopqrstuv".toCharArray();
    private static final int LENGTH = 20;

    private static final String PROCESS = encode(new SecureRandom().nextLong()) + encode(new SecureRandom().nextLong());
    private static final AtomicLong COUNTER = new AtomicLong(new SecureRandom().nextInt());

    private ExchangeId() {}

    /** {@return 20 characters, as long as the ids of Go's Smokescreen} */
    static String next() {
        String counter = encode(COUNTER.getAndIncrement());
        return PROCESS.substring(0, LENGTH - counter.length()) + counter;
    }

    private static String encode(long value) {
        char[] text = new char[10];
        for (int i = text.length - 1; i >= 0; i--) {
            text[i] = DIGITS[(int) (value & 31)];
            value >>>= 5;
        }
        return new String(text);
    }
}
