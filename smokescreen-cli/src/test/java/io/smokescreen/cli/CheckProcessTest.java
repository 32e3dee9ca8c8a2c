package io.smokescreen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.ChildProcess.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CheckProcessTest {

    @TempDir
    private Path folder;

    @Test
    void what_is_valid_is_summed_up_even_if_the_port_is_in_use() throws Exception {
        Path acl = Files.writeString(folder.resolve("acl.yaml"), """
                version: v1
                services:
                  - {name: a, action: enforce, allowed_domains: [a.test, "*.b.test"]}
                  - {name: b, action: open}
                global_deny_list: [c.test]
                """);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path config =
                    Files.writeString(folder.resolve("smokescreen.yaml"), """
                    ip: 127.0.0.1
                    port: %d
                    acl_file: %s
                    allow_ranges: [10.0.0.0/8]
                    """.formatted(taken.getLocalPort(), acl));

            Ended ended = ChildProcess.start("check", "--config-file", config.toString(), "--timeout", "3s")
                    .end();

            assertThat(ended.err()).isEmpty();
            assertThat(ended.out().lines())
                    .containsExactly(
                            "The configuration is valid. A proxy with it would hold to this:",
                            "",
                            "config file  " + config,
                            "listens on   127.0.0.1, port " + taken.getLocalPort(),
                            "TLS          none, clients connect in the clear",
                            "role         from common-name, or the application",
                            "             a client without one: denied",
                            "ACL          " + acl,
                            "             2 services (1 open, 0 report, 1 enforce), 2 allowed domains",
                            "             default rule: none, a role without a rule is denied",
                            "             global lists: 0 hosts allowed, 1 denied",
                            "addresses    strict: only public ones, unless a rule says otherwise",
                            "MITM         off",
                            "next hops    none but those that clients ask for and their rule allows",
                            "also set     allow_ranges: 10.0.0.0/8",
                            "             connect_timeout: 3s",
                            "warnings     " + acl
                                    + ":1:1: no default rule: a role without a rule of its own is denied");
            assertThat(ended.exitCode()).isZero();
        }
    }

    @Test
    void without_anything_it_tells_the_defaults() throws Exception {
        Ended ended = ChildProcess.start("check").end();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out())
                .contains("listens on   every address, port 4750")
                .contains("ACL          none, every host is allowed whose address is")
                .doesNotContain("also set", "warnings");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services: 7 | --egress-acl-file | services: ",
                "'services: []\ndefault: {action: enforce, allowed_domains: [\"*\"]}' | --egress-acl-file | allowed_domains",
            })
    void what_is_wrong_is_one_line_with_its_place(String acl, String flag, String where) throws Exception {
        Path file = Files.writeString(folder.resolve("acl.yaml"), "version: v1\n" + acl + "\n");

        Ended ended = ChildProcess.start(flag, file.toString(), "check").end();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("smokescreen: " + flag + ": " + file + ":")
                .contains(where);
    }

    /** What a start would find only when it opens something is found without. */
    @ParameterizedTest
    @CsvSource({
        "--deny-range=10.0.0.0/33, --deny-range: '10.0.0.0/33' ",
        "--listen-ip=localhost, --listen-ip: listen address 'localhost' ",
        "--statsd-address=nonsense, --statsd-address: 'nonsense' is not the address of a statsd ",
        "--prometheus-listen-ip=localhost, --prometheus-listen-ip: 'localhost' is not an IP address ",
        "--metric-tag=x, --metric-tag: 'x' is not a tag of a metric ",
        "--stats-socket-dir=/dev/null, --stats-socket-dir: '/dev/null' is not a directory ",
        "--tls-server-bundle-file=/none, --tls-server-bundle-file: /none does not exist ",
        "--mitm-ca-key-file=/none, --mitm-ca-key-file: an authority takes a certificate and its key ",
        "--max-request-burst=5, --max-request-burst: there is no rate to burst from ",
        "--upstream-http-proxy-addr=http://me:secret@, --upstream-http-proxy-addr: not the URL of a proxy (expected ",
        "--no-proxy=http://me:secret@a.test, --no-proxy: an entry is none ",
    })
    void a_wrong_value_is_an_error(String flag, String error) throws Exception {
        Ended ended = ChildProcess.start("check", flag).end();

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("smokescreen: " + error.strip())
                .doesNotContain("secret");
    }
}
