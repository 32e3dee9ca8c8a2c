package io.smokescreen.internal.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfConnectionsTest {

    private static final int PORT = 4750;

    private final List<InetAddress> listed = new ArrayList<>(List.of(ip("203.0.113.7"), ip("2600::5")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.7",
                "2600::5",
                "127.0.0.1",
                "127.9.9.9",
                "::1",
                "0.0.0.0",
                "::",
                "64:ff9b::cb00:7107",
                "2002:cb00:7107::1",
                "::cb00:7107",
                "2600::5efe:7f00:1",
                "64:ff9b:1::cb00:7107",
            })
    void strict_knowsEveryWayToItself(String ip) {
        SelfConnections self = new SelfConnections(() -> listed);
        self.listensOn(PORT);

        assertThat(self.contains(ip(ip), PORT, true)).isTrue();
        assertThat(self.contains(ip(ip), PORT + 1, true)).isFalse();
    }

    @Test
    void otherAddresses_areNotItself() {
        SelfConnections self = new SelfConnections(() -> listed);
        self.listensOn(PORT);

        assertThat(self.contains(ip("203.0.113.8"), PORT, true)).isFalse();
        assertThat(self.contains(ip("2600::6"), PORT, true)).isFalse();
        assertThat(self.contains(ip("64:ff9b::808:808"), PORT, true)).isFalse();
        assertThat(self.contains(ip("64:ff9b:1::808:808"), PORT, true)).isFalse();
    }

    @Test
    void compatible_knowsTheListOnly() {
        SelfConnections self = new SelfConnections(() -> listed);
        self.listensOn(PORT);

        assertThat(self.contains(ip("203.0.113.7"), PORT, false)).isTrue();
        assertThat(self.contains(ip("127.0.0.3"), PORT, false)).isFalse();
        assertThat(self.contains(ip("64:ff9b::cb00:7107"), PORT, false)).isFalse();
    }

    @Test
    void refresh_seesNewAddresses_andKeepsTheOldOnesWhenItFails() {
        boolean[] broken = {false};
        SelfConnections self = new SelfConnections(() -> {
            if (broken[0]) {
                throw new UncheckedIOException(new IOException("no interfaces"));
            }
            return listed;
        });
        self.listensOn(PORT);
        self.listensOn(PORT + 1);
        listed.add(ip("203.0.113.8"));
        assertThat(self.contains(ip("203.0.113.8"), PORT + 1, true)).isFalse();

        self.refresh();
        broken[0] = true;
        self.refresh();

        assertThat(self.contains(ip("203.0.113.8"), PORT, true)).isTrue();
        assertThat(self.contains(ip("203.0.113.8"), PORT + 1, true)).isTrue();
    }

    @Test
    void machine_hasALoopbackInterface() {
        SelfConnections self = new SelfConnections();
        self.listensOn(PORT);

        assertThat(self.contains(ip("127.0.0.1"), PORT, false)).isTrue();
    }

    private static InetAddress ip(String text) {
        return RuleSetBuilder.parseAddress(text);
    }
}
