package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeConnectTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timeOfAConnection_isMeasuredWhereAskedFor(boolean asked) throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.timeConnect(asked));
                RawClient client = proxy.connect()) {
            proxy.dns().answer("a.allowed.test", TestProxy.OPEN_ADDRESS);
            client.send("CONNECT a.allowed.test:" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");

            assertThat(proxy.total(Metric.CONNECTION_ATTEMPTS)).isEqualTo(1);
            assertThat(proxy.measurements().stream().filter(each -> each.metric() == Metric.CONNECTION_TIME))
                    .hasSize(asked ? 1 : 0);
            assertThat(proxy.decisions().get(0)).containsKey("conn_establish_time_ms");
        }
    }
}
