package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.testing.FullBacklog;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the settings of resolving and connecting do to a running process. */
@Timeout(120)
class ConnectingEffectsTest {

    private static final int TYPE_AAAA = 28;

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--resolver-address", "--network", "--dns-cache-entries", "--dns-timeout"})
    void names_are_asked_of_the_servers_and_for_the_families_that_are_set(By by) throws Exception {
        try (TestDns dns = TestDns.start()
                        .answerFor(60, "private.test", "10.0.0.1")
                        .drop("silent.test");
                ChildProcess proxy = by.with(
                                ConnectSettings.RESOLVER_ADDRESSES,
                                "127.0.0.1:" + dns.address().getPort())
                        .with(ConnectSettings.NETWORK, "ip4")
                        .with(ConnectSettings.DNS_CACHE_ENTRIES, "0")
                        .with(ConnectSettings.DNS_TIMEOUT, "300ms")
                        .proxy()) {
            assertThat(answer(proxy, get("private.test:80"))).contains("Deny: Private Range");
            int once = dns.count("private.test");
            assertThat(answer(proxy, get("private.test:80"))).contains("Deny: Private Range");
            assertThat(dns.count("private.test")).as("without a cache").isEqualTo(2 * once);
            assertThat(answer(proxy, get("silent.test:80"))).contains("Code: dns-timeout");
            assertThat(dns.queries()).noneMatch(query -> query.type() == TYPE_AAAA);
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--timeout")
    void connecting_has_a_time_limit(By by) throws Exception {
        try (FullBacklog nobody = new FullBacklog();
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(ConnectSettings.CONNECT_TIMEOUT, "400ms")
                        .proxy()) {
            assertThat(answer(proxy, get("127.0.0.2:" + nobody.port()))).contains("Code: connect-timeout");
        }
    }

    /** Two requests at once open two connections to the origin; with one waiting at most, the other is closed. */
    @ParameterizedTest
    @EnumSource(By.class)
    @Shows({"--transport-max-idle-conns", "--transport-max-idle-conns-per-host"})
    void surplus_connections_to_an_origin_are_closed(By by) throws Exception {
        for (Setting<Integer> limit : java.util.List.of(ConnectSettings.MAX_IDLE, ConnectSettings.MAX_IDLE_PER_HOST)) {
            KeepingOrigin behaviour = new KeepingOrigin();
            try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", behaviour);
                    ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                            .with(limit, "1")
                            .proxy();
                    RawClient one = connection(proxy);
                    RawClient two = connection(proxy)) {
                String request = get("127.0.0.2:" + origin.port());
                one.send(request);
                two.send(request);
                assertThat(one.readAllText()).endsWith("ok");
                assertThat(two.readAllText()).endsWith("ok");
                await().atMost(Duration.ofSeconds(20)).until(() -> behaviour.open.get() == 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    @Shows("--add-server-ip-header")
    void clients_learn_the_address_that_the_proxy_is_connected_to(By by) throws Exception {
        String ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        try (TestOrigin origin = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(ok));
                ChildProcess proxy = by.with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(ConnectSettings.ADD_SERVER_IP_HEADER, "true")
                        .proxy()) {
            assertThat(answer(proxy, get("127.0.0.2:" + origin.port())))
                    .containsIgnoringCase("\r\nX-Server-Ip: 127.0.0.2\r\n");
        }
    }

    /** Answers the first request of each connection when both are there, then waits for more. */
    private static final class KeepingOrigin implements TestOrigin.Behaviour {

        private final AtomicInteger open = new AtomicInteger();
        private final java.util.concurrent.CountDownLatch both = new java.util.concurrent.CountDownLatch(2);

        @Override
        public void serve(Socket connection) throws Exception {
            open.incrementAndGet();
            try {
                TestOrigin.readHead(connection.getInputStream());
                both.countDown();
                both.await(20, java.util.concurrent.TimeUnit.SECONDS);
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
                TestOrigin.readHead(connection.getInputStream());
            } finally {
                open.decrementAndGet();
            }
        }
    }
}
