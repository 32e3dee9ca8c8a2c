package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitOptionsTest {

    private static final LimitOptions UNLIMITED = LimitOptions.unlimited();

    @Test
    void withers_changeOneThingOnly() {
        LimitOptions limits = UNLIMITED
                .withMaxConcurrentRequests(3)
                .withMaxRequestRate(0.5, 7)
                .withMaxConcurrentTunnels(9);

        assertThat(limits.maxConcurrentRequests()).hasValue(3);
        assertThat(limits.maxRequestRate()).hasValue(0.5);
        assertThat(limits.maxRequestBurst()).hasValue(7);
        assertThat(limits.maxConcurrentTunnels()).hasValue(9);
    }

    /** Go rounds down too, and lets nothing through at a rate under a half. */
    @ParameterizedTest
    @CsvSource({"0.001, 1", "0.4, 1", "0.9, 1", "1, 2", "1.4, 2", "2.5, 5", "1000000, 2000000"})
    void burst_withoutOne_isTwoSecondsWorth(double rate, int burst) {
        assertThat(UNLIMITED.withMaxRequestRate(rate).effectiveBurst()).isEqualTo(burst);
    }

    @Test
    void newRate_forgetsTheBurstOfTheOldOne() {
        assertThat(UNLIMITED.withMaxRequestRate(1, 2).withMaxRequestRate(10).effectiveBurst())
                .isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void countUnderOne_isRefused_andSaysHowToHaveNoLimit(int value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNLIMITED.withMaxConcurrentRequests(value))
                .withMessage("maxConcurrentRequests is " + value + " (expected 1 or more, or no limit at all)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNLIMITED.withMaxConcurrentTunnels(value))
                .withMessageStartingWith("maxConcurrentTunnels is " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNLIMITED.withMaxRequestRate(1, value))
                .withMessageStartingWith("maxRequestBurst is " + value);
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {0, -1, 0.000_9, 1_000_000.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void rateOutOfRange_isRefused(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNLIMITED.withMaxRequestRate(rate))
                .withMessage("maxRequestRate is " + rate
                        + " (expected 0.001 to 1000000 requests a second, or no limit at all)");
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2.5, 2", "100, 50"})
    void burstOfNoMoreThanTheRate_isRefused(double rate, int burst) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UNLIMITED.withMaxRequestRate(rate, burst))
                .withMessage("maxRequestBurst is " + burst + " (expected more than the maxRequestRate " + rate + ")");
    }

    @Test
    void burstWithoutARate_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LimitOptions(
                        UNLIMITED.maxConcurrentRequests(),
                        UNLIMITED.maxRequestRate(),
                        OptionalInt.of(5),
                        UNLIMITED.maxConcurrentTunnels()))
                .withMessageContaining("without a maxRequestRate");
    }
}
