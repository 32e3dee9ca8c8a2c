package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostIndexTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            example.com,           example.com,           443, example.com
            # just outside an exact name
            example.com,           www.example.com,       443, -
            example.com,           xexample.com,          443, -
            example.com,           example.co,            443, -
            example.com,           com,                   443, -
            *.example.com,         www.example.com,       443, *.example.com
            *.example.com,         a.b.c.example.com,     443, *.example.com
            # just outside a star
            *.example.com,         example.com,           443, -
            *.example.com,         wwwexample.com,        443, -
            *.example.com,         www.example.com.test,  443, -
            *.com,                 example.com,           443, *.com
            *.com,                 com,                   443, -
            example.com:443,       example.com,           443, example.com:443
            example.com:443,       example.com,           444, -
            *.example.com:443,     a.example.com,         443, *.example.com:443
            *.example.com:443,     a.example.com,         80,  -
            10.1.2.3,              10.1.2.3,              443, 10.1.2.3
            10.1.2.3,              10.1.2.4,              443, -
            2001:db8::1,           2001:db8::1,           443, 2001:db8::1
            [2001:db8::1]:443,     2001:db8::1,           443, [2001:db8::1]:443
            [2001:db8::1]:443,     2001:db8::1,           80,  -
            # the first in the list, not the most specific
            *.com b.com a.b.com,   a.b.com,               443, *.com
            a.b.com *.b.com,       a.b.com,               443, a.b.com
            a.com a.com:443,       a.com,                 443, a.com
            a.com:443 a.com,       a.com,                 443, a.com:443
            a.com:443 a.com,       a.com,                 80,  a.com
            """)
    void entry_matches(String entries, String host, int port, @Nullable String matched) {
        List<Glob> globs = new ArrayList<>();
        for (String entry : entries.split(" ", -1)) {
            globs.add(glob(entry));
        }
        assertThat(index(globs).find(Host.parse(host).text(), port)).isEqualTo(matched);
    }

    @Test
    void emptyIndex_findsNothing() {
        assertThat(index(List.of()).find("example.com", 443)).isNull();
    }

    @Test
    void hostWithTheMostLabels_isLookedUp() {
        String host = "a.".repeat(126) + "b";
        assertThat(index(List.of(glob("*.b"))).find(host, 443)).isEqualTo("*.b");
        assertThat(index(List.of(glob("*." + host.substring(2)))).find(host, 443))
                .isEqualTo("*." + host.substring(2));
    }

    @Test
    void sameEntryManyTimes_isNoLoad() {
        List<Glob> globs = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            globs.add(new Glob("entry" + i, "example.com", false, Glob.ANY_PORT));
        }
        assertThat(index(globs).find("example.com", 443)).isEqualTo("entry0");
    }

    @Property
    void index_agreesWithAScanOfTheList(
            @ForAll("globs") List<Glob> globs,
            @ForAll("names") String host,
            @ForAll @IntRange(min = 1, max = 3) int port) {
        assertThat(index(globs).find(host, port)).isEqualTo(scan(globs, host, port));
    }

    @Property
    void everyEntry_isFoundByAHostItMatches(@ForAll("globs") List<Glob> globs) {
        HostIndex<String> index = index(globs);
        for (Glob glob : globs) {
            String host = glob.below() ? "x." + glob.name() : glob.name();
            int port = glob.port() == Glob.ANY_PORT ? 1 : glob.port();
            assertThat(index.find(host, port))
                    .isEqualTo(scan(globs, host, port))
                    .isNotNull();
        }
    }

    /** Few labels and ports, so that entries and hosts often meet. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "ab", "ba", "c")
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<List<Glob>> globs() {
        return Combinators.combine(
                        names(),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 3))
                .as((name, below, port) -> glob((below ? "*." : "") + name + (port == 0 ? "" : ":" + port)))
                .list()
                .ofMaxSize(40);
    }

    private static @Nullable String scan(List<Glob> globs, String host, int port) {
        return globs.stream()
                .filter(glob -> glob.port() == Glob.ANY_PORT || glob.port() == port)
                .filter(glob -> glob.below() ? host.endsWith("." + glob.name()) : host.equals(glob.name()))
                .map(Glob::text)
                .findFirst()
                .orElse(null);
    }

    private static HostIndex<String> index(List<Glob> globs) {
        HostIndex.Builder<String> index = HostIndex.builder();
        globs.forEach(glob -> index.add(glob, glob.text()));
        return index.build();
    }

    private static Glob glob(String text) {
        return Objects.requireNonNull(Glob.tryParse(text), text);
    }
}
