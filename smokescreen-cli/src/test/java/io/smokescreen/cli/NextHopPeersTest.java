package io.smokescreen.cli;

import static io.smokescreen.cli.Asking.answer;
import static io.smokescreen.cli.Asking.connect;
import static io.smokescreen.cli.Asking.connection;
import static io.smokescreen.cli.Asking.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.cli.config.ConnectSettings;
import io.smokescreen.cli.config.NextHopSettings;
import io.smokescreen.cli.config.PolicySettings;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in front of proxies that other people wrote, and of itself. */
@Timeout(120)
class NextHopPeersTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    @TempDir
    Path folder;

    private TestOrigin origin;
    private TestDns dns;

    @BeforeEach
    void start() {
        origin = TestOrigin.startOn("127.0.0.2", TestOrigin.answering(OK));
        dns = TestDns.start().answer("origin.test", "127.0.0.2");
    }

    @AfterEach
    void stop() throws Exception {
        dns.close();
        origin.close();
    }

    @Test
    void squid_takes_requests_with_the_password_of_the_url_only() throws Exception {
        int port = freePort();
        try (ChildProcess squid = squid(port);
                ChildProcess proxy = through("http://me:s%65cret@127.0.0.1:" + port);
                ChildProcess unknown = through("http://me:wrong@127.0.0.1:" + port)) {
            assertThat(squid.port()).isEqualTo(port);
            assertThat(answer(proxy, get(target()))).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
            assertThat(answerInTunnel(proxy)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
            assertThat(proxy.lineContaining("CANONICAL-PROXY-DECISION"))
                    .contains("\"outbound_remote_addr\":\"127.0.0.1:" + port + "\"");

            int before = origin.accepted();
            for (String request : List.of(get(target()), connect(target()))) {
                assertThat(answer(unknown, request))
                        .startsWith("HTTP/1.1 502 ")
                        .contains("Code: next-hop-failed", " status 407", "http://127.0.0.1:" + port)
                        .doesNotContain("wrong", "Proxy-Authenticate");
            }
            assertThat(origin.accepted()).isEqualTo(before);
        }
    }

    /** It could not find the name: no DNS server of the system knows it. */
    @Test
    void tinyproxy_connects_to_the_address_that_was_vetted() throws Exception {
        int port = freePort();
        try (ChildProcess tinyproxy = tinyproxy(port);
                ChildProcess proxy = start("http://127.0.0.1:" + port)
                        .with(NextHopSettings.SEND_IP, "true")
                        .proxy()) {
            assertThat(answerInTunnel(proxy)).endsWith("\r\n\r\nok");
            assertThat(answer(proxy, get(target()))).endsWith("\r\n\r\nok");
            assertThat(tinyproxy.lineContaining("CONNECT 127.0.0.2:" + origin.port()))
                    .contains("Request");
        }
    }

    @Test
    void tinyproxy_that_a_client_asks_for_takes_plain_requests_and_tunnels() throws Exception {
        int port = freePort();
        String wish = "\r\nX-Upstream-Https-Proxy: http://127.0.0.1:" + port + "\r\n\r\n";
        String target = "127.0.0.2:" + origin.port();
        try (ChildProcess tinyproxy = tinyproxy(port);
                ChildProcess proxy = By.FILE
                        .with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                        .with(PolicySettings.ALLOW_MISSING_ROLE, "true")
                        .with(PolicySettings.ACL_FILE, Files.writeString(folder.resolve("acl.yaml"), """
                                version: v1
                                services: []
                                default:
                                  project: p
                                  action: open
                                  allowed_external_proxies: [127.0.0.1]
                                """))
                        .proxy()) {
            assertThat(tinyproxy.port()).isEqualTo(port);
            assertThat(answer(proxy, get(target).replace("\r\n\r\n", wish))).endsWith("\r\n\r\nok");
            assertThat(answerInTunnel(proxy, connect(target).replace("\r\n\r\n", wish)))
                    .endsWith("\r\n\r\nok");
            assertThat(proxy.lineContaining("\"proxy_type\":\"connect\"")).contains("127.0.0.1:" + port);
        }
    }

    @Test
    void second_instance_vets_what_the_first_one_passes_on() throws Exception {
        try (ChildProcess second = open().proxy();
                ChildProcess strict = open().with(
                                PolicySettings.DENY_ADDRESSES, target().replace("origin.test", "127.0.0.2"))
                        .proxy();
                ChildProcess first = through("http://127.0.0.1:" + second.port());
                ChildProcess other = through("http://127.0.0.1:" + strict.port())) {
            assertThat(answer(first, get(target()))).endsWith("\r\n\r\nok");
            assertThat(answerInTunnel(first)).endsWith("\r\n\r\nok");
            assertThat(second.lineContaining("\"proxy_type\":\"connect\""))
                    .contains("\"requested_host\":\"" + target());

            assertThat(answer(other, connect(target())))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("Code: next-hop-failed", "answered CONNECT with status 407");
        }
    }

    private String target() {
        return "origin.test:" + origin.port();
    }

    private ChildProcess through(String hop) throws Exception {
        return start(hop).proxy();
    }

    /** {@return a proxy that may reach all of loopback, through a next hop} */
    private By.Start start(String hop) {
        return open().with(NextHopSettings.HTTP, hop).with(NextHopSettings.HTTPS, hop);
    }

    private By.Start open() {
        return By.FILE
                .with(PolicySettings.ALLOW_RANGES, "127.0.0.0/8")
                .with(
                        ConnectSettings.RESOLVER_ADDRESSES,
                        "127.0.0.1:" + dns.address().getPort());
    }

    private String answerInTunnel(ChildProcess proxy) {
        return answerInTunnel(proxy, connect(target()));
    }

    private static String answerInTunnel(ChildProcess proxy, String connect) {
        try (RawClient client = connection(proxy)) {
            assertThat(client.send(connect).readHead()).startsWith("HTTP/1.1 200 ");
            return client.send("GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n").readAllText();
        }
    }

    /** It reads its files as a user of its own, if it is started as root. */
    private ChildProcess squid(int port) throws Exception {
        Command.assumeInstalled("squid");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 origin.test\n");
        Path users = Files.writeString(folder.resolve("users"), "me:$apr1$9.hBCAWe$EdLrQfh5.vYKwRZgb1N8l.\n"); // secret
        Path file = Files.writeString(folder.resolve("squid.conf"), """
                http_port 127.0.0.1:%d
                pid_filename none
                access_log none
                cache_log /dev/null
                cache deny all
                max_filedescriptors 1024
                pinger_enable off
                shutdown_lifetime 0 seconds
                hosts_file %s
                auth_param basic program /usr/lib/squid/basic_ncsa_auth %s
                acl users proxy_auth REQUIRED
                http_access allow users
                http_access deny all
                """.formatted(port, hosts, users));
        ChildProcess squid = ChildProcess.of(List.of("squid", "-N", "-f", file.toString()));
        squid.listensOn(port);
        return squid;
    }

    private ChildProcess tinyproxy(int port) throws Exception {
        Command.assumeInstalled("tinyproxy");
        Path file = Files.writeString(
                folder.resolve("tinyproxy.conf"),
                "Port %d\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nAllow 127.0.0.1\n".formatted(port));
        ChildProcess tinyproxy = ChildProcess.of(List.of("tinyproxy", "-d", "-c", file.toString()));
        tinyproxy.listensOn(port);
        return tinyproxy;
    }

    private static int freePort() throws Exception {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }
}
