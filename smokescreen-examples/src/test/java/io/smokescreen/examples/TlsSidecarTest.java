package io.smokescreen.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TlsSidecarTest {

    private Certificates certificates;

    @BeforeEach
    void createCertificates() throws Exception {
        certificates = Certificates.create();
    }

    @Test
    void a_plain_client_arrives_over_tls_with_its_certificate() throws Exception {
        try (SSLServerSocket server = tlsServer();
                TlsSidecar sidecar = new TlsSidecar(
                        certificates.socketsOf(certificates.client("CN=app-1,OU=payments")),
                        (InetSocketAddress) server.getLocalSocketAddress())) {
            CompletableFuture<Principal> peer = CompletableFuture.supplyAsync(() -> echoOnce(server));
            try (Socket client =
                    new Socket(sidecar.address().getAddress(), sidecar.address().getPort())) {
                client.getOutputStream().write("hello".getBytes(UTF_8));
                client.shutdownOutput();

                assertThat(client.getInputStream().readAllBytes())
                        .asString(UTF_8)
                        .isEqualTo("hello");
            }
            assertThat(peer.get(10, TimeUnit.SECONDS).getName()).isEqualTo("OU=payments,CN=app-1");
        }
    }

    @Test
    void closing_it_closes_open_connections() throws Exception {
        try (SSLServerSocket server = tlsServer()) {
            TlsSidecar sidecar =
                    new TlsSidecar(certificates.socketsOf(certificates.client("CN=app-1")), (InetSocketAddress)
                            server.getLocalSocketAddress());
            CompletableFuture<Principal> peer = CompletableFuture.supplyAsync(() -> echoOnce(server));
            try (Socket client =
                    new Socket(sidecar.address().getAddress(), sidecar.address().getPort())) {
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');

                sidecar.close();

                assertThat(endOf(client)).isTrue();
            }
            assertThat(peer.handle((principal, failure) -> "ended")).succeedsWithin(10, TimeUnit.SECONDS);
        }
    }

    private SSLServerSocket tlsServer() throws Exception {
        SSLServerSocket server = (SSLServerSocket) certificates
                .contextOf(certificates.server())
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        return server;
    }

    private static Principal echoOnce(SSLServerSocket server) {
        try (SSLSocket connection = (SSLSocket) server.accept()) {
            connection.getInputStream().transferTo(connection.getOutputStream());
            return connection.getSession().getPeerPrincipal();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean endOf(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // a reset is an end too
        }
    }
}
