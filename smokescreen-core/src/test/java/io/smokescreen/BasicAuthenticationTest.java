package io.smokescreen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.RecordingOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Clients that prove who they are by a password: raw, with curl, and with the JDK's client. */
class BasicAuthenticationTest {

    private static final String NAME = "a.allowed.test";
    private static final String CHALLENGE = "Basic realm=\"smokescreen\"";
    private static final String SECRET = "correct horse";

    /** {@code correct horse} as libxcrypt hashes it. */
    private static final String HASH = "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

    /** {@code staple}. */
    private static final String OTHER_HASH = "$2y$06$abcdefghijklmnopqrstuutaGq1mweE2w2V3.vPP9bYvcQB.a5/Bi";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path users;

    @BeforeEach
    void writeUsers() throws IOException {
        users = directory.resolve("users");
        Files.writeString(users, "known:" + HASH + "\nother:" + OTHER_HASH + "\n");
    }

    @Test
    void rightPassword_givesTheRole_andTheOriginNeverSeesIt() throws Exception {
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET http://" + NAME + ":" + origin.port() + "/ HTTP/1.1\r\nHost: x\r\n"
                        + authorization("known", SECRET) + "Authorization: Basic b3JpZ2luOnB3\r\n\r\n");
                HttpReply reply = HttpReply.read(client);
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.header("Proxy-Authenticate")).isEmpty();
            }

            await().until(() -> proxy.decisions().size() == 3);
            assertThat(proxy.decisions()).allSatisfy(line -> assertThat(line).containsEntry("role", "known"));
            assertThat(origin.visits().get(0).received())
                    .contains("Authorization: Basic b3JpZ2luOnB3")
                    .doesNotContainIgnoringCase("proxy-")
                    .doesNotContain(base64("known:" + SECRET));
        }
    }

    @Test
    void rightPassword_opensATunnel() throws Exception {
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            client.send("CONNECT " + NAME + ":" + origin.port() + " HTTP/1.1\r\nHost: x\r\n"
                    + authorization("known", SECRET) + "\r\nearly");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.read(5)).asString().isEqualTo("early");
            assertThat(proxy.decisions())
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line).containsEntry("role", "known").containsEntry("project", "team"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Proxy-Authorization: Basic a25vd246d3Jvbmc=\r\n", // known:wrong
                "Proxy-Authorization: Basic bm9ib2R5OndoYXQ=\r\n", // nobody:what
                "Proxy-Authorization: Basic garbage!\r\n",
                "Proxy-Authorization: Bearer x\r\n",
                "Authorization: Basic a25vd246Y29ycmVjdCBob3JzZQ==\r\n", // right, for somebody else
                "Proxy-Authorization: Basic a25vd246Y29ycmVjdCBob3JzZQ==\r\nProxy-Authorization: Basic bm9ib2R5OndoYXQ=\r\n",
            })
    void anythingElse_is407WithTheChallenge(String fields) {
        try (TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            client.send("GET http://" + NAME + "/ HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.headers().get("proxy-authenticate")).containsExactly(CHALLENGE);
            assertThat(reply.header("X-Smokescreen-Error-Code")).isEqualTo("role-missing");
        }
    }

    /** RFC 9110 §15.5.8: each 407 has one, also where another user might be let through. */
    @Test
    void denialByTheAcl_hasTheChallengeToo_otherErrorsHaveNot() {
        try (TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n" + authorization("known", SECRET) + "\r\n");
            HttpReply denied = HttpReply.read(client);
            assertThat(denied.header("X-Smokescreen-Error-Code")).isEqualTo("acl-denied");
            assertThat(denied.header("Proxy-Authenticate")).isEqualTo(CHALLENGE);

            client.send(
                    "GET http://none.allowed.test/ HTTP/1.1\r\nHost: x\r\n" + authorization("known", SECRET) + "\r\n");
            HttpReply failed = HttpReply.read(client);
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.header("Proxy-Authenticate")).isEmpty();
        }
    }

    @Test
    void proxyWithoutTheScheme_hasNoChallenge() {
        try (TestProxy proxy = TestProxy.start(builder -> builder.allowMissingRole(false));
                RawClient client = proxy.connect()) {
            client.send("GET http://" + NAME + "/ HTTP/1.1\r\nHost: x\r\n\r\n");

            HttpReply reply = HttpReply.read(client);
            assertThat(reply.status()).isEqualTo(407);
            assertThat(reply.header("Proxy-Authenticate")).isEmpty();
        }
    }

    /** On one event loop: whoever has to wait for a password to be checked keeps nobody else waiting. */
    @Test
    void passwords_areNotCheckedOnTheEventLoop() throws Exception {
        Files.writeString(users, "known:" + HASH.replace("$05$", "$14$") + "\n"); // a second each
        try (TestProxy proxy = start(builder -> builder.eventLoopThreads(1));
                RawClients guessing = new RawClients();
                RawClient other = proxy.connect()) {
            for (int i = 0; i < 3; i++) {
                guessing.add(proxy.connect()
                        .send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n" + authorization("known", "guess " + i)
                                + "\r\n"));
            }
            await().until(() -> proxy.requestsInWork() == 3);

            other.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(HttpReply.read(other).status()).isEqualTo(407);
            assertThat(proxy.decisions())
                    .as("those before it are still in work")
                    .hasSizeLessThan(4);
        }
    }

    @Test
    void guesses_beyondWhatMayWait_are503_andKnownClientsAreServed() throws Exception {
        Files.writeString(users, "known:" + HASH + "\nother:" + HASH.replace("$05$", "$14$") + "\n");
        try (TestProxy proxy = start(builder -> {});
                RawClient known = proxy.connect();
                RawClients guessing = new RawClients()) {
            assertThat(codeOf(known, authorization("known", SECRET))).isEqualTo("acl-denied");
            int most = 33 * Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
            for (int i = 0; i <= most + 1; i++) {
                guessing.add(proxy.connect()
                        .send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n" + authorization("other", "guess " + i)
                                + "\r\n"));
            }

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> proxy.decisions().stream()
                            .anyMatch(line -> line.containsValue("Proxy overloaded. Please retry later.")));
            assertThat(codeOf(known, authorization("known", SECRET))).isEqualTo("acl-denied");
        }
    }

    @Test
    void credentials_areNotLogged_whateverTheLevel() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> everything = new ListAppender<>();
        everything.start();
        root.addAppender(everything);
        root.setLevel(Level.TRACE);
        root.trace("captured");
        try (TestProxy proxy = start(builder -> {});
                RawClient client = proxy.connect()) {
            for (String password : List.of(SECRET, "hush-hush")) {
                client.send(
                        "GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n" + authorization("known", password) + "\r\n");
                assertThat(HttpReply.read(client).status()).isEqualTo(407);
            }
            await().until(() -> proxy.decisions().size() == 2);
            assertThat(proxy.decisions().toString() + proxy.measurements())
                    .doesNotContain(SECRET, "hush-hush", base64("known:" + SECRET), base64("known:hush-hush"), HASH);
        } finally {
            root.setLevel(before);
            root.detachAppender(everything);
        }
        assertThat(List.copyOf(everything.list))
                .anyMatch(event -> event.getMessage().equals("captured"))
                .allSatisfy(event -> assertThat(event.getFormattedMessage() + event.getKeyValuePairs())
                        .doesNotContain(
                                SECRET, "hush-hush", base64("known:" + SECRET), base64("known:hush-hush"), HASH));
    }

    @Test
    void reload_readsTheFileAnew_andAFileThatIsBadChangesNothing() throws Exception {
        RulesSource source = () -> Rules.defaults()
                .withRoleExtractor(RoleExtractors.basic(users))
                .withAclPolicy(
                        Acl.fromYaml("acl", "version: v1\nservices:\n- {name: known, project: p, action: open}\n"));
        try (Smokescreen proxy = Smokescreen.builder()
                        .listen("127.0.0.1", 0)
                        .rules(source)
                        .start();
                RawClient client = RawClient.connect(proxy.address())) {
            assertThat(codeOf(client, authorization("known", "staple"))).isEqualTo("role-missing");
            Files.writeString(users, "known:" + OTHER_HASH + "\n");
            assertThat(codeOf(client, authorization("known", "staple"))).isEqualTo("role-missing");

            proxy.reload();
            assertThat(codeOf(client, authorization("known", "staple"))).isNotEqualTo("role-missing");
            assertThat(codeOf(client, authorization("known", SECRET))).isEqualTo("role-missing");

            Files.writeString(users, "known:" + OTHER_HASH + "\nknown:" + HASH + "\n");
            assertThatThrownBy(proxy::reload).hasMessageContaining("users:2");
            assertThat(codeOf(client, authorization("known", "staple"))).isNotEqualTo("role-missing");
        }
    }

    @ParameterizedTest
    @CsvSource({"known:correct horse, 200", "known:wrong, 407", ", 407"})
    void curl_plainAndThroughATunnel(String credentials, int status) throws Exception {
        assumeThat(Path.of("/usr/bin/curl")).as("curl is installed").isExecutable();
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(builder -> {})) {
            String url = "http://" + NAME + ":" + origin.port() + "/";
            String[] user = credentials == null ? new String[0] : new String[] {"--proxy-user", credentials};

            assertThat(curl(proxy, url, "%{http_code}", user)).isEqualTo(String.valueOf(status));
            assertThat(curl(proxy, url, "%{http_connect}", concat(user, "--proxytunnel")))
                    .isEqualTo(String.valueOf(status));
            assertThat(curl(proxy, url, "%{http_code}", concat(user, "--proxy-anyauth")))
                    .isEqualTo(String.valueOf(status));
            assertThat(origin.visits().stream().flatMap(visit -> visit.requests().stream()))
                    .hasSize(status == 200 ? 3 : 0);
        }
    }

    /** It sends credentials only when it is asked for them. */
    @Test
    void jdkClient_answersTheChallenge() throws Exception {
        try (RecordingOrigin origin = RecordingOrigin.start();
                TestProxy proxy = start(builder -> {})) {
            HttpClient client = HttpClient.newBuilder()
                    .proxy(ProxySelector.of(proxy.address()))
                    .authenticator(new Authenticator() {
                        @Override
                        protected PasswordAuthentication getPasswordAuthentication() {
                            assertThat(getRequestingPrompt()).isEqualTo("smokescreen");
                            return new PasswordAuthentication("known", SECRET.toCharArray());
                        }
                    })
                    .build();
            URI uri = URI.create("http://" + NAME + ":" + origin.port() + "/");

            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(proxy.decisions()).extracting(line -> line.get("role")).containsExactly("", "known");
        }
    }

    @Test
    void chain_asksForAPasswordOnlyWhereNothingElseTellsTheRole() {
        RoleExtractor extractor = RoleExtractors.source(Map.of("127.0.0.2/32", "known"))
                .orElse(RoleExtractors.basic(users))
                .orElse(RoleExtractor.constant("guest"));
        try (TestProxy proxy = start(builder -> builder.roleExtractor(extractor));
                RawClient client = proxy.connect()) {
            codeOf(client, authorization("known", SECRET));
            codeOf(client, authorization("known", "wrong"));
            await().until(() -> proxy.decisions().size() == 2);
            assertThat(proxy.decisions()).extracting(line -> line.get("role")).containsExactly("known", "guest");
        }
    }

    private TestProxy start(Consumer<SmokescreenBuilder> customize) {
        TestProxy proxy = TestProxy.start(builder ->
                customize.accept(builder.allowMissingRole(false).roleExtractor(RoleExtractors.basic(users))));
        proxy.dns().answer(NAME, TestProxy.OPEN_ADDRESS);
        return proxy;
    }

    private static String codeOf(RawClient client, String fields) {
        client.send("GET http://evil.test/ HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
        return HttpReply.read(client).header("X-Smokescreen-Error-Code");
    }

    private String curl(TestProxy proxy, String url, String format, String... options) throws Exception {
        Process curl = new ProcessBuilder(concat(
                        options,
                        "/usr/bin/curl",
                        "--silent",
                        "--max-time",
                        "60",
                        "--noproxy",
                        "",
                        "--output",
                        directory.resolve("body").toString(),
                        "--write-out",
                        format,
                        "--proxy",
                        "http://127.0.0.1:" + proxy.address().getPort(),
                        url))
                .start();
        String output = new String(curl.getInputStream().readAllBytes(), UTF_8);
        assertThat(curl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static String[] concat(String[] last, String... first) {
        String[] all = Arrays.copyOf(first, first.length + last.length);
        System.arraycopy(last, 0, all, first.length, last.length);
        return all;
    }

    private static String authorization(String user, String password) {
        return "Proxy-Authorization: Basic " + base64(user + ":" + password) + "\r\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** Connections that are closed together. */
    private static final class RawClients implements AutoCloseable {

        private final List<RawClient> clients = new ArrayList<>();

        void add(RawClient client) {
            clients.add(client);
        }

        @Override
        public void close() {
            clients.forEach(RawClient::close);
        }
    }
}
