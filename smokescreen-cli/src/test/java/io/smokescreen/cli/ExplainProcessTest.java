package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.ChildProcess.Ended;
import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code smokescreen explain} as a process. */
@Timeout(120)
class ExplainProcessTest {

    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z-]+)\"");

    private static final String ACL = """
            version: v1
            services:
              - name: web
                project: shop
                action: enforce
                allowed_domains: ["*.allowed.test"]
                allowed_external_proxies: [10.0.0.1]
            default:
              action: report
            global_deny_list: [denied.test]
            """;

    private final TestDns dns = TestDns.start();

    @TempDir
    private Path folder;

    private String acl = "";

    @BeforeEach
    void prepare() throws IOException {
        acl = Files.writeString(folder.resolve("acl.yaml"), ACL).toString();
        dns.answer("a.allowed.test", "127.0.0.1");
        dns.answer("b.allowed.test", "10.0.0.1", "9.9.9.9");
    }

    @AfterEach
    void stop() {
        dns.close();
    }

    @Test
    void every_target_allowed_is_exit_code_zero() throws Exception {
        Ended ended = explain("--role", "web", "b.allowed.test:443");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .isEqualTo("{\"target\":\"b.allowed.test:443\",\"role\":\"web\",\"allow\":true,\"code\":\"allowed\","
                        + "\"reason\":\"host matched allowed domain in rule\",\"acl\":{\"result\":\"allow\","
                        + "\"reason\":\"host matched allowed domain in rule\",\"project\":\"shop\","
                        + "\"default_rule\":false,\"matched\":\"*.allowed.test\"},\"addresses\":["
                        + "{\"ip\":\"10.0.0.1\",\"port\":443,\"allow\":false,\"verdict\":\"Deny: Private Range\"},"
                        + "{\"ip\":\"9.9.9.9\",\"port\":443,\"allow\":true,\"verdict\":\"Allow: Default\"}]}\n");
        assertThat(ended.exitCode()).isZero();
    }

    @Test
    void one_target_refused_is_exit_code_three() throws Exception {
        Ended ended = explain("--role", "web", "b.allowed.test:443", "other.test:443");

        assertThat(codes(ended)).containsExactly("allowed", "acl-denied");
        assertThat(ended.exitCode()).isEqualTo(3);
    }

    @Test
    void a_wrong_flag_a_wrong_file_and_no_target_are_exit_code_one() throws Exception {
        for (Ended ended : List.of(
                ChildProcess.start("explain", "--listen-port=x", "a.test:1").end(),
                ChildProcess.start("explain", "--egress-acl-file=/none", "a.test:1")
                        .end(),
                ChildProcess.start("explain", "--roll=web", "a.test:1").end(),
                ChildProcess.start("explain").end())) {
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err()).startsWith("smokescreen: ");
        }
    }

    @Test
    void each_line_of_standard_input_has_its_answer_garbage_too() throws Exception {
        String garbage =
                "\n\0\u0001\ufffd\nhttp://[::1\n" + "a".repeat(100_000) + "\nGET / HTTP/1.1\n\"},{\"allow\":true";
        try (ChildProcess process = start("--role", "web", "--no-dns", "a.allowed.test:1", "-", "b.allowed.test:1")) {
            write(process, "c.allowed.test:1\r\n" + garbage);
            process.input().close();

            Ended ended = process.end();

            assertThat(codes(ended))
                    .containsExactly(
                            "allowed",
                            "allowed",
                            "malformed-request",
                            "malformed-request",
                            "malformed-request",
                            "malformed-request",
                            "malformed-request",
                            "malformed-request",
                            "allowed");
            assertThat(ended.out().lines())
                    .allMatch(line -> line.startsWith("{\"target\":\"") && line.endsWith("}") && line.length() < 20_000)
                    .filteredOn(line -> line.contains("malformed-request"))
                    .allMatch(line -> line.contains("\"allow\":false") && line.contains("\"error\":\""));
            assertThat(ended.exitCode()).isEqualTo(3);
            assertThat(dns.queries()).isEmpty();
        }
    }

    @Test
    void an_answer_comes_before_the_next_question() throws Exception {
        try (ChildProcess process = start("--role", "web", "-")) {
            write(process, "b.allowed.test:1\n");
            assertThat(process.lineContaining("b.allowed.test:1")).contains("\"allow\":true");
            write(process, "a.allowed.test:1\n");
            assertThat(process.lineContaining("a.allowed.test:1")).contains("\"code\":\"address-denied\"");
            process.input().close();

            assertThat(process.end().exitCode()).isEqualTo(3);
        }
    }

    @Test
    void nothing_is_connected_to() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = explain(
                    "--role=web",
                    "--allow-range=127.0.0.0/8",
                    "a.allowed.test:" + target.getLocalPort(),
                    "http://a.allowed.test:" + target.getLocalPort() + "/");

            assertThat(codes(ended)).containsExactly("allowed", "allowed");
            target.setSoTimeout(1); // the process has ended: what had connected would be in the queue
            assertThat(accepts(target)).isFalse();
        }
    }

    @Test
    void ports_of_the_process_itself_are_self_connections() throws Exception {
        Ended ended = ChildProcess.start(
                        "explain",
                        "--listen-port=4799",
                        "--expose-prometheus-metrics",
                        "--allow-range=127.0.0.0/8",
                        "127.0.0.1:4799",
                        "127.0.0.1:9810",
                        "127.0.0.1:4750")
                .end();

        assertThat(ended.out().lines())
                .extracting(line -> line.contains("Deny: Self Connection"))
                .containsExactly(true, true, false);
        assertThat(codes(ended)).containsExactly("address-denied", "address-denied", "allowed");
    }

    @Test
    void a_next_hop_is_judged_by_the_rule() throws Exception {
        assertThat(codes(explain("--role=web", "--next-hop", "http://other.test:3128", "b.allowed.test:443")))
                .containsExactly("acl-denied");
        assertThat(explain("--role=web", "--next-hop", "http://10.0.0.1:3128", "b.allowed.test:443")
                        .out())
                .contains(
                        "\"code\":\"address-denied\"",
                        "\"next_hop\":\"http://10.0.0.1:3128\",\"next_hop_addresses\":[{\"ip\":");
    }

    @Test
    void output_that_cannot_be_written_is_an_error() throws Exception {
        Process process = new ProcessBuilder(ChildProcess.command("explain", "--no-dns", "a.test:1"))
                .redirectOutput(new File("/dev/full"))
                .start();

        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err).isEqualTo("smokescreen: cannot read targets or write answers: No space left on device\n");
    }

    @Test
    void the_process_that_runs_with_the_same_flags_answers_alike() throws Exception {
        List<String> targets = List.of(
                "a.allowed.test:1",
                "b.allowed.test:0",
                "denied.test:443",
                "unknown.test:443",
                "http://denied.test/a?b",
                "http://A.ALLOWED.TEST.:1/",
                "https://a.allowed.test/",
                "127.0.0.1:1",
                "[::ffff:127.0.0.1]:1",
                "169.254.169.254:80",
                "localhost:1",
                "127.1:1",
                "10.0.0.1:443",
                "http://hop.test:3128");
        String[] flags = {"--allow-missing-role", "--listen-ip=127.0.0.1", "--allow-range=127.0.0.1/32"};
        List<String> answered;
        try (ChildProcess proxy = start(
                Stream.concat(Stream.of(flags), Stream.of("--listen-port=0")).toList(), "")) {
            int port = proxy.port();
            answered = targets.stream().map(target -> ask(port, target)).toList();
        }

        Ended ended = explain(Stream.concat(Stream.of(flags), targets.stream()).toArray(String[]::new));

        assertThat(codes(ended)).isEqualTo(answered);
        assertThat(answered).contains("allowed", "malformed-request", "acl-denied", "dns-failed", "address-denied");
    }

    @Test
    void ten_thousand_targets_take_seconds() throws Exception {
        dns.answerAll("9.9.9.9");
        String targets = IntStream.range(0, 10_000)
                .mapToObj(i -> "n" + i + ".allowed.test:443")
                .collect(Collectors.joining("\n"));
        for (String dnsFlag : List.of("--no-dns", "--dns-timeout=10s")) {
            long start = System.nanoTime();
            try (ChildProcess process = start("--role=web", dnsFlag, "-")) {
                write(process, targets);
                process.input().close();
                Ended ended = process.end(Duration.ofSeconds(60));

                assertThat(codes(ended)).hasSize(10_000).containsOnly("allowed");
                assertThat(ended.out().lines().map(line -> line.substring(11, line.indexOf(".allowed"))))
                        .containsExactlyElementsOf(IntStream.range(0, 10_000)
                                .mapToObj(i -> "n" + i)
                                .toList());
                assertThat(ended.exitCode()).isZero();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(dnsFlag)
                    .isLessThan(Duration.ofSeconds(60)); // 2 s without DNS and 7 s with it on a machine as busy as that
        }
    }

    private Ended explain(String... arguments) throws Exception {
        return start(arguments).end();
    }

    private ChildProcess start(String... arguments) throws IOException {
        return start(List.of(arguments), "explain");
    }

    private ChildProcess start(List<String> arguments, String subcommand) throws IOException {
        InetSocketAddress server = dns.address();
        Stream<String> flags = Stream.of(
                "--egress-acl-file=" + acl, "--resolver-address=" + server.getHostString() + ":" + server.getPort());
        Stream<String> first = subcommand.isEmpty() ? Stream.empty() : Stream.of(subcommand);
        return ChildProcess.start(Stream.of(first, flags, arguments.stream())
                .flatMap(each -> each)
                .toArray(String[]::new));
    }

    private static void write(ChildProcess process, String text) throws IOException {
        OutputStream input = process.input();
        input.write(text.getBytes(UTF_8));
        input.flush();
    }

    private static List<String> codes(Ended ended) {
        return ended.out().lines().map(ExplainProcessTest::code).toList();
    }

    private static String code(String line) {
        Matcher code = CODE.matcher(line);
        return code.find() ? code.group(1) : line;
    }

    /** The code of the answer; where a connection is all that failed, the request was allowed. */
    private static String ask(int port, String target) {
        String method = target.startsWith("http") ? "GET" : "CONNECT";
        try (RawClient client = RawClient.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            client.send((method + " " + target + " HTTP/1.1\r\nHost: a.test\r\n\r\n").getBytes(ISO_8859_1));
            String code = HttpReply.read(client).header("X-Smokescreen-Error-Code");
            return code.startsWith("connect-") ? "allowed" : code;
        }
    }

    private static boolean accepts(ServerSocket socket) throws IOException {
        try {
            socket.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
