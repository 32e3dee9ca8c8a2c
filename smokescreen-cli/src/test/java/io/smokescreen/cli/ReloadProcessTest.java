package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New rules in a running command: after SIGHUP, and when a file changes. */
@Timeout(90)
class ReloadProcessTest {

    private static final String ADDRESS_DENIED = "X-Smokescreen-Error-Code: address-denied";
    private static final String ACL_DENIED = "X-Smokescreen-Error-Code: acl-denied";

    @TempDir
    Path folder;

    @Test
    void sighup_puts_changed_files_in_force_and_tells_what_changed() throws Exception {
        Path acl = write("acl.yaml", acl("192.0.2.1"));
        Path config =
                write("smokescreen.yaml", "acl_file: " + acl + "\nallow_missing_role: true\nwatch_files: false\n");
        try (ChildProcess proxy = start("--config-file=" + config)) {
            assertThat(ask(proxy, "192.0.2.1")).contains(ADDRESS_DENIED);
            assertThat(ask(proxy, "192.0.2.2")).contains(ACL_DENIED);

            write("acl.yaml", acl("192.0.2.2"));
            write(
                    "smokescreen.yaml",
                    "acl_file: " + acl + "\nallow_missing_role: true\nwatch_files: false\nidle_timeout: 7m\n");
            proxy.signal("HUP");

            assertThat(proxy.line("rules reloaded")).contains("\"globs_added\":1", "\"globs_removed\":1");
            proxy.line("idle_timeout has changed in the config file; it takes effect at the next start");
            assertThat(ask(proxy, "192.0.2.1")).contains(ACL_DENIED);
            assertThat(ask(proxy, "192.0.2.2")).contains(ADDRESS_DENIED);
        }
    }

    @Test
    void a_file_that_is_wrong_changes_nothing_and_is_told() throws Exception {
        Path acl = write("acl.yaml", acl("192.0.2.1"));
        try (ChildProcess proxy = start("--egress-acl-file=" + acl, "--allow-missing-role")) {
            write("acl.yaml", acl("192.0.2.2") + "typo: 1\n");
            proxy.signal("HUP");

            proxy.lineStarting(
                    "reload failed, the rules from before stay in force: --egress-acl-file: " + acl + ":7:1:");
            assertThat(ask(proxy, "192.0.2.1")).contains(ADDRESS_DENIED);
        }
    }

    @Test
    void a_file_that_is_replaced_is_loaded_without_a_signal() throws Exception {
        Path acl = write("acl.yaml", acl("192.0.2.1"));
        try (ChildProcess proxy = start("--egress-acl-file=" + acl, "--allow-missing-role")) {
            Files.move(write("new.yaml", acl("192.0.2.2")), acl, ATOMIC_MOVE, REPLACE_EXISTING);

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ask(proxy, "192.0.2.2")).contains(ADDRESS_DENIED));
        }
    }

    /** Kubernetes swaps the link {@code ..data}; the file itself, and the link to it, stay as they are. */
    @Test
    void a_mounted_config_map_that_is_updated_is_loaded_without_a_signal() throws Exception {
        Path first = Files.createDirectory(folder.resolve("..2026_1"));
        Path second = Files.createDirectory(folder.resolve("..2026_2"));
        Files.writeString(first.resolve("acl.yaml"), acl("192.0.2.1"));
        Files.writeString(second.resolve("acl.yaml"), acl("192.0.2.2"));
        Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
        Path acl = Files.createSymbolicLink(folder.resolve("acl.yaml"), Path.of("..data", "acl.yaml"));
        try (ChildProcess proxy = start("--egress-acl-file=" + acl, "--allow-missing-role")) {
            Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), second.getFileName());
            Files.move(next, folder.resolve("..data"), ATOMIC_MOVE, REPLACE_EXISTING);

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ask(proxy, "192.0.2.2")).contains(ADDRESS_DENIED));
        }
    }

    private static ChildProcess start(String... flags) throws IOException {
        String[] all = new String[flags.length + 2];
        all[0] = "--listen-ip=127.0.0.1";
        all[1] = "--listen-port=0";
        System.arraycopy(flags, 0, all, 2, flags.length);
        ChildProcess proxy = ChildProcess.start(all);
        proxy.port();
        return proxy;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Allows one address, which the address rules then deny: nothing is ever connected to. */
    private static String acl(String host) {
        return """
                version: v1
                services: []
                default:
                  project: p
                  action: enforce
                  allowed_domains: [%s]
                """.formatted(host);
    }

    private static String ask(ChildProcess proxy, String host) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            client.setSoTimeout(20_000);
            String request = "CONNECT " + host + ":443 HTTP/1.1\r\nHost: " + host + ":443\r\n\r\n";
            client.getOutputStream().write(request.getBytes(UTF_8));
            return new String(client.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
