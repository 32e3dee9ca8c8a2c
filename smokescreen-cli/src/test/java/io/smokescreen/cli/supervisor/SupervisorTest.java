package io.smokescreen.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.ConfigurationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is taken for the supervisor, by the environment. This process and its parent are the real ones. */
class SupervisorTest {

    private static final String OWN_PID = String.valueOf(ProcessHandle.current().pid());
    private static final String PARENT_PID =
            String.valueOf(ProcessHandle.current().parent().orElseThrow().pid());

    private static final Map<String, String> EINHORN =
            Map.of("EINHORN_MASTER_PID", PARENT_PID, "EINHORN_SOCK_PATH", "/run/e.sock", "EINHORN_FD_0", "6");
    private static final Map<String, String> SYSTEMD = Map.of("LISTEN_PID", OWN_PID, "LISTEN_FDS", "1");

    @Test
    void detect_withoutAny_handsOverNothingAndHearsEverything() {
        try (Supervisor none = detect(Map.of())) {
            assertThat(none.listener()).isEmpty();
            none.ready("listening");
            none.reloading();
            none.stopping();
        }
    }

    @Test
    void detect_asEinhornsChild_takesItsDescriptor() {
        assertThat(listener(EINHORN)).contains(new InheritedListener(6, "einhorn, descriptor 6"));
    }

    @Test
    void detect_asGrandchildOfEinhorn_isNoWorker() {
        assertThat(listener(with(EINHORN, "EINHORN_MASTER_PID", OWN_PID))).isEmpty();
    }

    @Test
    void detect_asEinhornsChildUnderSystemd_followsEinhorn() {
        Map<String, String> both = new HashMap<>(SYSTEMD);
        both.putAll(EINHORN);

        assertThat(listener(both)).contains(new InheritedListener(6, "einhorn, descriptor 6"));
    }

    @ParameterizedTest
    @CsvSource({
        "EINHORN_MASTER_PID, 12x, EINHORN_MASTER_PID: '12x' is not a number",
        "EINHORN_MASTER_PID, 99999999999999999999, EINHORN_MASTER_PID: '99999999999999999999' is not a number",
        "EINHORN_SOCK_PATH, '', EINHORN_SOCK_PATH is missing",
        "EINHORN_FD_0, '', EINHORN_FD_0 is missing",
        "EINHORN_FD_0, -1, EINHORN_FD_0: '-1' is not a number",
        "EINHORN_FD_0, 2, EINHORN_FD_0: '2' is not a descriptor that can be handed over (expected 3 or more)",
        "EINHORN_FD_0, 4294967299, EINHORN_FD_0: '4294967299' is not a descriptor that can be handed over",
    })
    void detect_malformedByEinhorn_isAnError(String name, String value, String message) {
        assertRefused(with(EINHORN, name, value), message);
    }

    @Test
    void detect_activatedBySystemd_takesDescriptorThree() {
        assertThat(listener(SYSTEMD)).contains(new InheritedListener(3, "systemd, descriptor 3"));
        assertThat(listener(with(SYSTEMD, "LISTEN_FDNAMES", "proxy.socket")))
                .contains(new InheritedListener(3, "systemd, descriptor 3"));
    }

    @Test
    void detect_activatedForAnotherProcess_takesNothing() {
        assertThat(listener(with(SYSTEMD, "LISTEN_PID", PARENT_PID))).isEmpty();
        assertThat(listener(with(SYSTEMD, "LISTEN_PID", ""))).isEmpty();
        assertThat(listener(with(SYSTEMD, "LISTEN_FDS", "0"))).isEmpty();
    }

    @Test
    void detect_severalSockets_takesTheOneNamedSmokescreen() {
        Map<String, String> three = with(SYSTEMD, "LISTEN_FDS", "3");

        assertThat(listener(with(three, "LISTEN_FDNAMES", "http:smokescreen:")))
                .contains(new InheritedListener(4, "systemd, descriptor 4"));
    }

    @ParameterizedTest
    @CsvSource({
        "2, ''",
        "2, http:metrics",
        "2, smokescreen:smokescreen",
        "2, smokescreen",
        "2, smokescreen:http:metrics",
    })
    void detect_severalSocketsOfWhichNotOneIsNamed_isAnError(String count, String names) {
        assertRefused(
                with(with(SYSTEMD, "LISTEN_FDS", count), "LISTEN_FDNAMES", names),
                "LISTEN_FDS: systemd hands over 2 sockets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "+1", " 1", "1001"})
    void detect_malformedBySystemd_isAnError(String count) {
        assertRefused(with(SYSTEMD, "LISTEN_FDS", count), "LISTEN_FDS: ");
    }

    @Test
    void detect_notifySocketThatIsNone_isAnError() {
        assertRefused(Map.of("NOTIFY_SOCKET", "vsock:2:1"), "NOTIFY_SOCKET: 'vsock:2:1' is not a socket");
    }

    private static Optional<InheritedListener> listener(Map<String, String> environment) {
        try (Supervisor supervisor = detect(environment)) {
            return supervisor.listener();
        }
    }

    private static void assertRefused(Map<String, String> environment, String message) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> detect(environment))
                .withMessageStartingWith(message);
    }

    private static Supervisor detect(Map<String, String> environment) {
        return Supervisor.detect(environment, ProcessHandle.current());
    }

    private static Map<String, String> with(Map<String, String> environment, String name, String value) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(name, value);
        return changed;
    }
}
