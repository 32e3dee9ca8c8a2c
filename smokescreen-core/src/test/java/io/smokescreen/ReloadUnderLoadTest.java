package io.smokescreen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smokescreen.api.Metric;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two ACLs take turns a hundred times while clients send requests: one allows host A, the other host B, both allow a third.
 * No request fails, and each is decided by the rules that were in force at some moment between its first and its last byte.
 */
class ReloadUnderLoadTest {

    private static final int SWAPS = 100;
    private static final int CLIENTS = 6;

    /** Enough that each ACL meets some requests, also where the machine is busy. */
    private static final int REQUESTS_FOR_EACH_SWAP = 5;

    private static final String ALWAYS = "always.test";
    private static final List<String> ALLOWED_BY_ONE = List.of("a.test", "b.test");

    @TempDir
    private Path directory;

    /** The number of the rules that are about to be put in force, and of those that surely are. Odd numbers allow b.test. */
    private final AtomicInteger announced = new AtomicInteger();

    private final AtomicInteger inForce = new AtomicInteger();

    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong allowed = new AtomicLong();
    private final Queue<String> mistakes = new ConcurrentLinkedQueue<>();
    private volatile boolean done;

    @Test
    void aclsThatTakeTurns_neverFailNorMisjudgeARequest() throws Exception {
        Path file = directory.resolve("acl.yaml");
        write(file, 0);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (TestOrigin origin = TestOrigin.start(ReloadUnderLoadTest::serve);
                TestProxy proxy = TestProxy.reloadable(
                        () -> Rules.defaults().withAclPolicy(Acl.fromYaml(file)).withAddressRules(TestProxy.OPEN))) {
            proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                boolean connects = i % 2 == 0;
                clients.add(threads.submit(() -> work(proxy, origin.port(), connects)));
            }
            for (int swap = 1; swap <= SWAPS; swap++) {
                write(file, swap);
                announced.set(swap);
                ReloadReport report = proxy.smokescreen().reload();
                inForce.set(swap);
                assertThat(report.globsAdded() + report.globsRemoved()).isEqualTo(2);
                assertAtOnce(proxy, origin.port(), swap);
                awaitSomeAnswers();
            }
            done = true;
            for (Future<?> client : clients) {
                client.get(30, TimeUnit.SECONDS);
            }

            assertThat(mistakes).isEmpty();
            assertThat(origin.failures()).isEmpty();
            assertThat(proxy.total(Metric.ACL_RELOAD)).isEqualTo(SWAPS);
            assertThat(proxy.total(Metric.REQUESTS_INTERNAL_ERROR)).isZero();
            // Both answers were seen often, or the clients did not meet the swaps.
            assertThat(allowed.get()).isBetween(answers.get() / 3, answers.get() * 9 / 10);
        } finally {
            done = true;
            threads.shutdownNow();
        }
    }

    private void awaitSomeAnswers() {
        long enough = answers.get() + REQUESTS_FOR_EACH_SWAP;
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> answers.get() >= enough || !mistakes.isEmpty());
    }

    /** Nobody else reloads, so there is one right answer. */
    private static void assertAtOnce(TestProxy proxy, int port, int swap) {
        for (String host : ALLOWED_BY_ONE) {
            int expected = isAllowed(host, swap) ? 200 : 407;
            assertThat(connect(proxy, host, port)).isEqualTo(expected);
            assertThat(proxy.smokescreen().policy().check("", host, port).allowed())
                    .isEqualTo(expected == 200);
        }
    }

    private void work(TestProxy proxy, int port, boolean connects) {
        RawClient keptAlive = proxy.connect();
        try (keptAlive) {
            for (int i = 0; !done; i++) {
                String host = i % 2 == 0 ? ALWAYS : ALLOWED_BY_ONE.get(i / 2 % 2);
                int before = inForce.get();
                int status = connects ? connect(proxy, host, port) : get(keptAlive, host, port);
                int after = announced.get();
                judge(host, status, before, after);
            }
        } catch (RuntimeException e) {
            mistakes.add(e.toString());
        }
    }

    private void judge(String host, int status, int before, int after) {
        boolean mayBeAllowed = false;
        boolean mayBeDenied = false;
        for (int rules = before; rules <= after; rules++) {
            mayBeAllowed |= isAllowed(host, rules);
            mayBeDenied |= !isAllowed(host, rules);
        }
        if (!((status == 200 && mayBeAllowed) || (status == 407 && mayBeDenied))) {
            mistakes.add(host + " was answered " + status + " under rules " + before + " to " + after);
        }
        answers.incrementAndGet();
        allowed.addAndGet(status == 200 ? 1 : 0);
    }

    private static boolean isAllowed(String host, int rules) {
        return host.equals(ALWAYS) || host.equals(ALLOWED_BY_ONE.get(rules % 2));
    }

    private static int connect(TestProxy proxy, String host, int port) {
        try (RawClient client = proxy.connect()) {
            client.send("CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n");
            HttpReply reply = HttpReply.readHead(client);
            if (reply.status() == 200) {
                assertThat(HttpReply.read(client).body()).isEqualTo("ok"); // through the tunnel
            }
            return reply.status();
        }
    }

    private static int get(RawClient client, String host, int port) {
        client.send("GET http://" + host + ":" + port + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
        return HttpReply.read(client).status();
    }

    private static void serve(Socket connection) throws IOException {
        while (!TestOrigin.readHead(connection.getInputStream()).isEmpty()) {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
        }
    }

    private void write(Path file, int rules) throws IOException {
        Path complete = directory.resolve("next.yaml");
        Files.writeString(
                complete,
                "version: v1\nservices: []\ndefault:\n  action: enforce\n  allowed_domains: [" + ALWAYS + ", "
                        + ALLOWED_BY_ONE.get(rules % 2) + "]\n");
        Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
