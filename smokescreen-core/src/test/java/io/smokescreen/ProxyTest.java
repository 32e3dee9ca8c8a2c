package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import org.junit.jupiter.api.Test;

/** The main job, once each way. */
class ProxyTest {

    @Test
    void connect_toAnAllowedHost_carriesBytesBothWays() throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer("a.allowed.test", TestProxy.OPEN_ADDRESS);

            client.send("CONNECT a.allowed.test:" + origin.port() + " HTTP/1.1\r\nHost: a.allowed.test\r\n\r\nearly");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            client.send(" and late").halfClose();

            assertThat(client.readAllText()).isEqualTo("early and late");
        }
    }

    @Test
    void plainHttp_toAnAllowedHost_forwardsRequestAndResponse() throws Exception {
        try (TestOrigin origin =
                        TestOrigin.start(TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
                TestProxy proxy = TestProxy.start();
                RawClient client = proxy.connect()) {
            proxy.dns().answer("a.allowed.test", TestProxy.OPEN_ADDRESS);

            client.send("GET http://a.allowed.test:" + origin.port() + "/ HTTP/1.1\r\nHost: a.allowed.test\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.read(5)).asString().isEqualTo("hello");
        }
    }
}
