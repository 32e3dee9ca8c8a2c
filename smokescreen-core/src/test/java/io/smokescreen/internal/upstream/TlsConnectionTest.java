package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.direct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.upstream.ConnectorFixture.Attempt;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.FailureKind;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS with an origin: who is believed, and how it ends. */
@ParameterizedClass
@EnumSource(
        value = SslProvider.class,
        names = {"JDK", "OPENSSL_REFCNT"})
class TlsConnectionTest {

    private static final String HOST = "www.origin.test";

    private final ConnectorFixture fixture;
    private final Connector connector;

    TlsConnectionTest(SslProvider provider) throws Exception {
        this.fixture = new ConnectorFixture(provider);
        this.connector = fixture.connector(PLENTY, NextHopHooks.NONE);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void origin_withItsCertificate_isSpokenTo_withServerNameAndHttp11() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        TestTls tls = TestTls.of(fixture.authority.server("*.origin.test"));
        try (TestOrigin origin = TestOrigin.start(tls.then(connection -> {
            ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) connection).getSession();
            seen.complete(session.getRequestedServerNames() + session.getProtocol());
            TestOrigin.echo(connection);
        }))) {
            Attempt attempt = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));
            attempt.send("hello");

            await().untilAsserted(() -> assertThat(attempt.received()).isEqualTo("hello"));
            assertThat(seen.get(10, TimeUnit.SECONDS)).contains(HOST).contains("TLSv1.3");
            attempt.channel().close().sync();
        }
    }

    @Test
    void origin_ofTls12Only_isSpokenTo() throws Exception {
        TestTls tls = TestTls.of(fixture.authority.server(HOST)).versions("TLSv1.2");
        try (TestOrigin origin = TestOrigin.start(tls.then(TestOrigin::echo))) {
            Attempt attempt = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));
            attempt.send("hello");

            await().untilAsserted(() -> assertThat(attempt.received()).isEqualTo("hello"));
            attempt.channel().close().sync();
        }
    }

    @Test
    void address_inTheCertificate_isBelieved_andNoServerNameIsSent() throws Exception {
        assertReached("127.0.0.2", new GeneralName(GeneralName.iPAddress, "127.0.0.2"));
        assertReached("2001:db8::2", new GeneralName(GeneralName.iPAddress, "2001:db8::2"));
    }

    private void assertReached(String host, GeneralName name) throws Exception {
        CompletableFuture<List<?>> seen = new CompletableFuture<>();
        Identity identity = fixture.authority.issuing("CN=server").names(name).issue();
        try (TestOrigin origin = TestOrigin.start(TestTls.of(identity).then(connection -> {
            seen.complete(((ExtendedSSLSession) ((SSLSocket) connection).getSession()).getRequestedServerNames());
            TestOrigin.echo(connection);
        }))) {
            Attempt attempt = fixture.connect(connector, direct(origin, host, Purpose.HTTPS));

            attempt.channel().close().sync();
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEmpty();
        }
    }

    /** RFC 9525 has certificates with names that hold an underscore by wildcard; the JDK refuses the name itself. */
    @Test
    void nameWithUnderscore_isVerifiedByTheAlternativeNames_andNotSent() throws Exception {
        CompletableFuture<List<?>> seen = new CompletableFuture<>();
        TestTls tls = TestTls.of(fixture.authority.server("*.origin.test"));
        try (TestOrigin origin = TestOrigin.start(tls.then(connection -> {
            seen.complete(((ExtendedSSLSession) ((SSLSocket) connection).getSession()).getRequestedServerNames());
            TestOrigin.echo(connection);
        }))) {
            fixture.connect(connector, direct(origin, "my_bucket.origin.test", Purpose.HTTPS))
                    .channel()
                    .close()
                    .sync();
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEmpty();

            Failed failed = fixture.fail(connector, direct(origin, "my_bucket.other.test", Purpose.HTTPS));
            assertThat(failed.message()).endsWith("its certificate is not for this host");
        }
        assertRefused(TestCertificates.create().server("*.origin.test"), "a_b.origin.test", "trusted authority");
    }

    @Test
    void certificateForAnotherName_isRefused() throws Exception {
        String words = "its certificate is not for this host";
        assertRefused(fixture.authority.server("other.origin.test"), HOST, words);
        assertRefused(fixture.authority.server("*.test"), HOST, words);
        assertRefused(fixture.authority.server("origin.test"), HOST, words);
        assertRefused(fixture.authority.server("w*.origin.test"), HOST, words);
        assertRefused(fixture.authority.issue("CN=" + HOST), HOST, words); // RFC 9525 §6.2: not by the common name
        assertRefused(fixture.authority.server("127.0.0.2"), "127.0.0.2", words); // not by a name that looks like one
    }

    @Test
    void certificateOfAnotherAuthority_isRefused() throws Exception {
        assertRefused(
                TestCertificates.create().server(HOST), HOST, "its certificate does not lead to a trusted authority");
    }

    @Test
    void certificateThatHasExpired_orIsNotYetValid_isRefused() throws Exception {
        GeneralName name = new GeneralName(GeneralName.dNSName, HOST);
        Duration minute = Duration.ofMinutes(1);
        Identity expired = fixture.authority
                .issuing("CN=server")
                .names(name)
                .validUntil(Instant.now().minus(minute))
                .issue();
        Identity early = fixture.authority
                .issuing("CN=server")
                .names(name)
                .validFrom(Instant.now().plus(minute))
                .issue();

        assertRefused(expired, HOST, "has expired");
        assertRefused(early, HOST, "is not yet valid");
    }

    @Test
    void certificateForClients_isRefused() throws Exception {
        Identity client = fixture.authority
                .issuing("CN=server")
                .names(new GeneralName(GeneralName.dNSName, HOST))
                .purpose(KeyPurposeId.id_kp_clientAuth)
                .issue();

        assertRefused(client, HOST, "its certificate is not one for servers");
    }

    private void assertRefused(Identity identity, String host, String words) throws Exception {
        try (TestOrigin origin = TestOrigin.start(TestTls.of(identity).then(TestOrigin::echo))) {
            Failed failed = fixture.fail(connector, direct(origin, host, Purpose.HTTPS));

            assertThat(failed.kind()).isEqualTo(FailureKind.TLS_FAILED);
            assertThat(failed.message())
                    .startsWith("TLS with " + host + ":" + origin.port() + ": its certificate")
                    .endsWith(words);
            await().untilAsserted(() -> assertThat(origin.failures()).isNotEmpty()); // it got an alert or was left
        }
    }

    @Test
    void origin_ofTls11Only_isRefused() throws Exception {
        // A JDK no longer speaks TLS 1.1; this is how one that does answers: protocol_version (70).
        byte[] alert = {21, 3, 2, 0, 2, 2, 70};
        assertFails(connection -> connection.getOutputStream().write(alert), "it speaks no version of TLS from 1.2 on");
    }

    @Test
    void originThatDoesNotSpeakTls_isRefused() throws Exception {
        byte[] text = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertFails(connection -> connection.getOutputStream().write(text), "it does not speak TLS");
    }

    @Test
    void originThatEndsInTheHandshake_isNotWaitedFor() throws Exception {
        assertFails(connection -> {}, "it closed the connection in the handshake");
        assertFails(
                connection -> {
                    connection.shutdownOutput();
                    connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                },
                "it closed the connection in the handshake");
    }

    private void assertFails(TestOrigin.Behaviour behaviour, String words) throws Exception {
        try (TestOrigin origin = TestOrigin.start(connection -> {
            readSome(connection);
            behaviour.serve(connection);
        })) {
            Failed failed = fixture.fail(connector, direct(origin, HOST, Purpose.HTTPS));

            assertThat(failed.kind()).isEqualTo(FailureKind.TLS_FAILED);
            assertThat(failed.message()).isEqualTo("TLS with " + HOST + ":" + origin.port() + ": " + words);
        }
    }

    private static void readSome(java.net.Socket connection) throws IOException {
        byte[] hello = new byte[4_096];
        assertThat(connection.getInputStream().read(hello)).isPositive();
    }
}
