package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.AclDecision;
import io.smokescreen.api.AclRequest;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What Go's Smokescreen decided, row by row. */
class AclVectorsTest {

    private static final Map<String, AclIndex> ACLS = new ConcurrentHashMap<>();

    @ParameterizedTest
    @MethodSource("rows")
    void decision_isGos(Map<String, Object> row) {
        Optional<Host> host = Host.tryParse(text(row, "host"));
        if (host.isEmpty()) {
            // Stricter than Go: '-' is not a host, and such a request is refused before an ACL is asked.
            assertThat(row).containsEntry("host", "-");
            return;
        }
        AclDecision decision = ACLS.computeIfAbsent(text(row, "file"), ReferenceFiles::load)
                .decide(new AclRequest(
                        Optional.of(text(row, "role")),
                        new Destination(host.get(), 443),
                        nextHop(text(row, "next_hop"))));
        assertThat(decision.result().name().toLowerCase(Locale.ROOT)).isEqualTo(row.get("result"));
        assertThat(decision.reason()).isEqualTo(row.get("reason"));
        assertThat(decision.project()).isEqualTo(row.get("project"));
        assertThat(decision.defaultRule()).isEqualTo(row.get("default_rule"));
        assertThat(decision.mitm()).isEmpty();
    }

    @Test
    void vectors_areAllThere() {
        assertThat(rows()).hasSize(391);
    }

    @SuppressWarnings("unchecked")
    static Stream<Map<String, Object>> rows() {
        try (InputStream json =
                Objects.requireNonNull(AclVectorsTest.class.getResourceAsStream("/vectors/acl-decisions.json"))) {
            // JSON is YAML.
            Load load = new Load(LoadSettings.builder().build());
            return ((List<Map<String, Object>>) load.loadFromInputStream(json)).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Host> nextHop(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Host.parse(text));
    }

    private static String text(Map<String, Object> row, String key) {
        return (String) Objects.requireNonNull(row.get(key));
    }
}
