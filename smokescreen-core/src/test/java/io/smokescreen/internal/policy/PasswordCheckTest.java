package io.smokescreen.internal.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Basic credentials, from the header field to the user; hashes are libxcrypt's. */
class PasswordCheckTest {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static final String HORSE = "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

    private static final Map<String, String> HASHES = Map.of(
            "web", HORSE,
            "a", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "b", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "long", "$2y$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q",
            "empty", "$2y$05$abcdefghijklmnopqrstuu0oImNDIy4flhldV9YqunRgBAePKmw7m",
            "jörg", "$2y$05$abcdefghijklmnopqrstuutb0hTRdDfH8a1imUKpJmIm4RP5PFG6y",
            "costly", "$2y$06$abcdefghijklmnopqrstuutaGq1mweE2w2V3.vPP9bYvcQB.a5/Bi");

    private final PasswordCheck check = new PasswordCheck(file(HASHES));

    @ParameterizedTest
    @MethodSource
    void rightPassword_isTheUser(String user, String password) {
        assertThat(check("Basic " + base64(user + ":" + password, UTF_8))).contains(user);
    }

    static Stream<Arguments> rightPassword_isTheUser() {
        return Stream.of(
                Arguments.of("web", "correct horse"),
                Arguments.of("a", "U*U"),
                Arguments.of("b", "U*U"),
                Arguments.of("long", "x".repeat(72)),
                Arguments.of("empty", ""),
                Arguments.of("jörg", "Pässwörd"),
                Arguments.of("costly", "staple"));
    }

    @ParameterizedTest
    @MethodSource
    void anythingElse_isNobody(String user, String password) {
        assertThat(check("Basic " + base64(user + ":" + password, UTF_8))).isEmpty();
    }

    static Stream<Arguments> anythingElse_isNobody() {
        return Stream.of(
                Arguments.of("web", "Correct horse"),
                Arguments.of("web", "correct horse "),
                Arguments.of("web", ""),
                Arguments.of("Web", "correct horse"),
                Arguments.of("nobody", "correct horse"),
                Arguments.of("", "correct horse"),
                Arguments.of("long", "x".repeat(73)),
                Arguments.of("long", "x".repeat(71)),
                Arguments.of("empty", "\0"),
                Arguments.of("web", "correct horse\0"),
                Arguments.of("web\n", "correct horse"),
                Arguments.of("a".repeat(257), "U*U"));
    }

    @Test
    void scheme_isReadWithoutRegardToCase_andBlanks() {
        String credentials = base64("web:correct horse", UTF_8);
        assertThat(check("bAsIc   " + credentials + " ")).contains("web");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic d2Vi", // web, no colon
                "Basic d2ViOmNvcnJlY3QgaG9yc2U= x",
                "Basicd2ViOmNvcnJlY3QgaG9yc2U=",
                "Bearer d2ViOmNvcnJlY3QgaG9yc2U=",
                "Digest username=\"web\"",
                "web:correct horse",
            })
    void otherField_isNoCredentials(String field) {
        assertThat(BasicCredentials.parse(List.of(field))).isEmpty();
    }

    @Test
    void userThatIsNotUtf8_isNobody() {
        assertThat(check("Basic " + base64("jörg:Pässwörd", ISO_8859_1))).isEmpty();
    }

    @Test
    void twoFields_areNoCredentials() {
        String field = "Basic " + base64("web:correct horse", UTF_8);
        assertThat(BasicCredentials.parse(List.of(field))).isPresent();
        assertThat(BasicCredentials.parse(List.of(field, field))).isEmpty();
    }

    @Test
    void longField_isNoCredentials() {
        assertThat(BasicCredentials.parse(List.of("Basic " + base64("web:" + "x".repeat(3_000), UTF_8))))
                .isEmpty();
    }

    @Test
    void text_doesNotHaveThePassword() {
        assertThat(credentials("Basic " + base64("web:correct horse", UTF_8))).hasToString("BasicCredentials[web]");
    }

    /** What an attacker times: users that are not in the file must look like those that are, at whatever cost. */
    @Test
    void unknownUsers_costAsKnownOnesDo() {
        List<String> decoys =
                IntStream.range(0, 700).mapToObj(i -> check.decoy("user" + i)).toList();

        assertThat(decoys).allMatch(hash -> hash.matches("\\$2y\\$0[56]\\$[.]{53}"));
        assertThat(decoys.stream().filter(hash -> hash.startsWith("$2y$06$"))).hasSizeBetween(40, 200); // 1 of 7
        assertThat(check.decoy("user1")).isEqualTo(check.decoy("user1"));

        PasswordCheck slow = new PasswordCheck(file(Map.of("web", HORSE.replace("$05$", "$11$"))));
        long known = fastest(slow, "Basic " + base64("web:wrong", UTF_8));
        long unknown = fastest(slow, "Basic " + base64("nobody:wrong", UTF_8));
        assertThat((double) unknown / known).isBetween(0.5, 2.0);
    }

    private static long fastest(PasswordCheck check, String field) {
        BasicCredentials credentials = credentials(field);
        return IntStream.range(0, 5)
                .mapToLong(i -> {
                    long start = THREADS.getCurrentThreadCpuTime();
                    assertThat(check.check(credentials)).isEmpty();
                    return THREADS.getCurrentThreadCpuTime() - start;
                })
                .boxed()
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Optional<String> check(String field) {
        return BasicCredentials.parse(List.of(field)).flatMap(check::check);
    }

    static BasicCredentials credentials(String field) {
        return BasicCredentials.parse(List.of(field)).orElseThrow();
    }

    private static PasswordFile file(Map<String, String> hashes) {
        StringBuilder text = new StringBuilder();
        hashes.forEach(
                (user, hash) -> text.append(user).append(':').append(hash).append('\n'));
        return PasswordFile.parse("users", text.toString());
    }

    static String base64(String text, Charset charset) {
        return Base64.getEncoder().encodeToString(text.getBytes(charset));
    }
}
