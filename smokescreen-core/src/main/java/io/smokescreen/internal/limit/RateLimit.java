package io.smokescreen.internal.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.function.LongSupplier;

/** How often something may be done: a bucket that fills steadily and holds one burst. Safe from any thread, without a lock. */
@FunctionalInterface
public interface RateLimit {

    /** {@return whether it may be done now, which then counts} */
    boolean tryAcquire();

    /** {@return no limit} */
    static RateLimit unlimited() {
        return () -> true;
    }

    /**
     * {@return a limit whose bucket is full at first}
     *
     * @param perSecond how often in the long run, 0.001 to a million times a second, in steps of a millionth
     * @param burst how often at once after a pause
     * @param nanoTime the clock, as {@link System#nanoTime()}
     */
    static RateLimit of(double perSecond, int burst, LongSupplier nanoTime) {
        // A whole number of tokens in a whole number of seconds, so that 0.5 a second is exactly one in two seconds.
        BigInteger millionth = BigInteger.valueOf(1_000_000);
        BigInteger tokens = BigDecimal.valueOf(perSecond)
                .multiply(new BigDecimal(millionth))
                .setScale(0, RoundingMode.HALF_UP)
                .toBigIntegerExact();
        BigInteger divisor = tokens.gcd(millionth);
        Duration period = Duration.ofSeconds(millionth.divide(divisor).longValueExact());
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(burst)
                        .refillGreedy(tokens.divide(divisor).longValueExact(), period))
                .withCustomTimePrecision(new Clock(nanoTime))
                .build();
        return () -> bucket.tryConsume(1);
    }

    /** The clock as the bucket wants it. */
    record Clock(LongSupplier nanoTime) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return nanoTime.getAsLong();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
