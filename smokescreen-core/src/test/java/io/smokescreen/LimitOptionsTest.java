package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitOptionsTest {

    private static final LimitOptions DEFAULTS = LimitOptions.defaults();

    @Test
    void withers_changeOneThingOnly() {
        LimitOptions limits =
                DEFAULTS.withMaxConcurrentRequests(3).withMaxRequestRate(0.5, 7).withMaxConcurrentTunnels(9);

        assertThat(limits.maxConcurrentRequests()).hasValue(3);
        assertThat(limits.maxRequestRate()).hasValue(0.5);
        assertThat(limits.maxRequestBurst()).hasValue(7);
        assertThat(limits.maxConcurrentTunnels()).hasValue(9);
    }

    /** Go rounds down too, and lets nothing through at a rate under a half. */
    @ParameterizedTest
    @CsvSource({"0.001, 1", "0.4, 1", "0.9, 1", "1, 2", "1.4, 2", "2.5, 5", "1000000, 2000000"})
    void burst_withoutOne_isTwoSecondsWorth(double rate, int burst) {
        assertThat(DEFAULTS.withMaxRequestRate(rate).effectiveBurst()).isEqualTo(burst);
    }

    @Test
    void newRate_forgetsTheBurstOfTheOldOne() {
        assertThat(DEFAULTS.withMaxRequestRate(1, 2).withMaxRequestRate(10).effectiveBurst())
                .isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void countUnderOne_isRefused_andSaysHowToHaveNoLimit(int value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxConcurrentRequests(value))
                .withMessage("maxConcurrentRequests is " + value + " (expected 1 or more, or no limit at all)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxConcurrentTunnels(value))
                .withMessageStartingWith("maxConcurrentTunnels is " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxRequestRate(1, value))
                .withMessageStartingWith("maxRequestBurst is " + value);
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {0, -1, 0.000_9, 1_000_000.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void rateOutOfRange_isRefused(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxRequestRate(rate))
                .withMessage("maxRequestRate is " + rate
                        + " (expected 0.001 to 1000000 requests a second, or no limit at all)");
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2.5, 2", "100, 50"})
    void burstOfNoMoreThanTheRate_isRefused(double rate, int burst) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxRequestRate(rate, burst))
                .withMessage("maxRequestBurst is " + burst + " (expected more than the maxRequestRate " + rate + ")");
    }

    @Test
    void idleConnections_mayBeNone_butNotLess() {
        assertThat(DEFAULTS.withMaxIdleConnections(0).maxIdleConnections()).isZero();
        assertThat(DEFAULTS.withMaxIdleConnectionsPerHost(0).maxIdleConnectionsPerHost())
                .isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxIdleConnections(-1))
                .withMessage("maxIdleConnections is -1 (expected 0 or more)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withMaxIdleConnectionsPerHost(-1))
                .withMessage("maxIdleConnectionsPerHost is -1 (expected 0 or more)");
    }

    @Test
    void burstWithoutARate_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimitOptions(
                        DEFAULTS.maxConcurrentRequests(),
                        DEFAULTS.maxRequestRate(),
                        OptionalInt.of(5),
                        DEFAULTS.maxConcurrentTunnels(),
                        DEFAULTS.maxIdleConnections(),
                        DEFAULTS.maxIdleConnectionsPerHost()))
                .withMessageContaining("without a maxRequestRate");
    }
}
