package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A further port of the process is as much out of reach as the proxy itself. */
class OwnPortTest {

    @Test
    void ownPort_isASelfConnection_evenWhereARuleAllowsTheAddress() throws IOException {
        try (TestOrigin other = TestOrigin.startOn(TestProxy.OPEN_ADDRESS, TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.ownPort(other.port()));
                RawClient client = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);

            HttpReply reply = HttpReply.read(client.send(connect("metrics.allowed.test", other.port())));

            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.body()).contains("Deny: Self Connection");
            assertThat(other.accepted()).isZero();
        }
    }

    @Test
    void otherPort_ofTheSameAddress_isReached() throws IOException {
        try (TestOrigin other = TestOrigin.startOn(TestProxy.OPEN_ADDRESS, TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.ownPort(other.port() == 1 ? 2 : 1));
                RawClient client = proxy.connect()) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);

            assertThat(client.send(connect("a.allowed.test", other.port())).readHead())
                    .contains(" 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void ownPort_outOfRange_isRefused(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Smokescreen.builder().ownPort(port))
                .withMessage("own port " + port + " (expected 1 to 65535)");
    }

    private static String connect(String host, int port) {
        return "CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n";
    }
}
