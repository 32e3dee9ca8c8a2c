package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.smokescreen.PolicyVerdict;
import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AddressVerdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ExplainRunTest {

    private static final PolicyVerdict ALLOWED =
            new PolicyVerdict(true, "allowed", "because", Optional.empty(), Map.of(), Optional.empty(), Map.of());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void a_verdict_is_one_json_object() throws Exception {
        Map<InetSocketAddress, AddressVerdict> addresses = new LinkedHashMap<>();
        addresses.put(address("10.0.0.1"), AddressVerdict.DENY_PRIVATE_RANGE);
        addresses.put(address("2620:fe:0::fe"), AddressVerdict.ALLOW_DEFAULT);
        AclDecision acl = new AclDecision(
                AclDecision.Result.REPORT, "say \"x\"", "team", true, Optional.of("*.test"), Optional.empty());
        PolicyVerdict verdict =
                new PolicyVerdict(true, "allowed", "fine", Optional.of(acl), addresses, Optional.empty(), Map.of());

        assertThat(explain("web", verdict))
                .isEqualTo("{\"target\":\"a.test:443\",\"role\":\"web\",\"allow\":true,\"code\":\"allowed\","
                        + "\"reason\":\"fine\",\"acl\":{\"result\":\"report\",\"reason\":\"say \\\"x\\\"\","
                        + "\"project\":\"team\",\"default_rule\":true,\"matched\":\"*.test\"},\"addresses\":["
                        + "{\"ip\":\"10.0.0.1\",\"port\":443,\"allow\":false,\"verdict\":\"Deny: Private Range\"},"
                        + "{\"ip\":\"2620:fe::fe\",\"port\":443,\"allow\":true,\"verdict\":\"Allow: Default\"}]}\n");
    }

    @Test
    void what_is_not_there_is_null_or_empty_and_a_target_that_is_none_has_an_error() throws Exception {
        PolicyVerdict verdict = new PolicyVerdict(
                false, "malformed-request", "bad", Optional.empty(), Map.of(), Optional.empty(), Map.of());

        assertThat(explain("", verdict))
                .isEqualTo("{\"target\":\"a.test:443\",\"role\":null,\"allow\":false,\"code\":\"malformed-request\","
                        + "\"reason\":\"bad\",\"acl\":null,\"addresses\":[],\"error\":\"bad\"}\n");
    }

    @Test
    void answers_stand_in_the_order_of_the_questions() throws Exception {
        Deque<CompletableFuture<PolicyVerdict>> answers = new ArrayDeque<>();
        ExplainRun run = new ExplainRun(
                "",
                target -> {
                    answers.push(new CompletableFuture<>());
                    return answers.element();
                },
                out);
        run.explain("first");
        run.explain("second");
        run.explain("third");

        answers.forEach(answer -> answer.complete(ALLOWED)); // the last one first

        assertThat(run.finish()).isTrue();
        assertThat(text().lines().map(line -> line.split("\"", 5)[3])).containsExactly("first", "second", "third");
    }

    @Test
    void no_more_than_so_many_are_asked_about_at_once() throws Exception {
        int targets = 1_000;
        Deque<CompletableFuture<PolicyVerdict>> open = new ArrayDeque<>();
        int[] most = {0};
        ExplainRun run = new ExplainRun(
                "",
                target -> {
                    CompletableFuture<PolicyVerdict> answer = new CompletableFuture<>();
                    open.add(answer);
                    most[0] = Math.max(most[0], open.size());
                    if (open.size() == ExplainRun.MAX_AT_ONCE) { // somebody must answer now, or it would wait for ever
                        open.remove().complete(ALLOWED);
                    }
                    return answer;
                },
                out);

        for (int i = 0; i < targets; i++) {
            run.explain("t" + i);
        }
        open.forEach(answer -> answer.complete(ALLOWED));

        assertThat(run.finish()).isTrue();
        assertThat(text().lines()).hasSize(targets);
        assertThat(most[0]).isEqualTo(ExplainRun.MAX_AT_ONCE);
    }

    @Test
    void one_that_is_not_allowed_counts() throws Exception {
        ExplainRun run = new ExplainRun("", ExplainRunTest::onlyA, out);

        run.explainLines(new ByteArrayInputStream("a\nb\na".getBytes(UTF_8)));

        assertThat(run.finish()).isFalse();
        assertThat(text().lines()).hasSize(3);
    }

    @Test
    void output_that_cannot_be_written_ends_it() {
        ExplainRun run = new ExplainRun("", ExplainRunTest::onlyA, new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        assertThatIOException()
                .isThrownBy(() -> run.explainLines(new ByteArrayInputStream("a\n".getBytes(UTF_8))))
                .withMessage("Broken pipe");
    }

    private static CompletionStage<PolicyVerdict> onlyA(String target) {
        return CompletableFuture.completedFuture(new PolicyVerdict(
                target.equals("a"), "code", "reason", Optional.empty(), Map.of(), Optional.empty(), Map.of()));
    }

    private String explain(String role, PolicyVerdict verdict) throws IOException {
        ExplainRun run = new ExplainRun(role, target -> CompletableFuture.completedFuture(verdict), out);
        run.explain("a.test:443");
        assertThat(run.finish()).isEqualTo(verdict.allowed());
        return text();
    }

    private String text() {
        return out.toString(UTF_8);
    }

    private static InetSocketAddress address(String ip) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(ip), 443);
    }
}
