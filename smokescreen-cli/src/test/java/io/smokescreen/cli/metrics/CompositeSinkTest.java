package io.smokescreen.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.smokescreen.api.Metric;
import io.smokescreen.api.MetricsSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositeSinkTest {

    private final List<String> seen = new ArrayList<>();
    private final MetricsSink first = (metric, value, tags) -> seen.add("first " + metric + value + tags);
    private final MetricsSink second = (metric, value, tags) -> seen.add("second " + metric + value + tags);
    private final MetricsSink broken = (metric, value, tags) -> {
        throw new IllegalStateException("broken");
    };

    @Test
    void measurement_reachesEachInOrder() {
        CompositeSink.of(List.of(first, second)).record(Metric.CONNECTION_CLOSE, 2, List.of("web"));

        assertThat(seen).containsExactly("first CONNECTION_CLOSE2.0[web]", "second CONNECTION_CLOSE2.0[web]");
    }

    @Test
    void sinkThatThrows_keepsNoneOfTheOthersFromIt() {
        MetricsSink sink = CompositeSink.of(List.of(broken, first, broken, second));

        assertThatIllegalStateException()
                .isThrownBy(() -> sink.record(Metric.CONNECTION_CLOSE, 2, List.of("web")))
                .withMessage("broken");
        assertThat(seen).hasSize(2);
    }

    @Test
    void one_isItself_andNoneDropsEverything() {
        assertThat(CompositeSink.of(List.of(first))).isSameAs(first);
        assertThat(CompositeSink.of(List.of())).isSameAs(MetricsSink.noop());
    }
}
