package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.direct;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.internal.upstream.ConnectorFixture.Attempt;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.Faulted;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The trust store of the system, which is the JDK's unless the JVM is told otherwise. */
@ParameterizedClass
@EnumSource(
        value = SslProvider.class,
        names = {"JDK", "OPENSSL_REFCNT"})
class SystemTrustTest {

    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String HOST = "www.origin.test";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final SslProvider provider;
    private final ConnectorFixture fixture;

    @TempDir
    private Path directory;

    SystemTrustTest(SslProvider provider) throws Exception {
        this.provider = provider;
        this.fixture = new ConnectorFixture(provider);
    }

    @AfterEach
    void stop() {
        System.clearProperty(STORE);
        fixture.close();
    }

    @Test
    void authorityOfTheSystem_isTrusted_byAllThatWaitedForTheStore() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, PASSWORD);
        store.setCertificateEntry("authority", fixture.authority.certificate());
        Connector connector = connectorWith(store);
        try (TestOrigin origin = origin()) {
            Attempt first = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));
            Attempt second = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS));

            first.channel().close();
            second.channel().close();
        }
    }

    @Test
    void authorityThatTheSystemDoesNotKnow_isNot() throws Exception {
        Connector connector = fixture.connector(PLENTY, UpstreamTls.trustingSystem(provider), NextHopHooks.NONE);
        try (TestOrigin origin = origin()) {
            Failed failed = fixture.fail(connector, direct(origin, HOST, Purpose.HTTPS));

            assertThat(failed.message()).endsWith("its certificate does not lead to a trusted authority");
        }
    }

    @Test
    void storeWithoutAuthorities_isAFault_notAnOpenDoor() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, PASSWORD);
        Connector connector = connectorWith(store);
        try (TestOrigin origin = origin()) {
            DialResult result = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS))
                    .result();

            assertThat(result).isInstanceOf(Faulted.class);
            fixture.assertNothingIsOpen();
        }
    }

    private TestOrigin origin() throws Exception {
        return TestOrigin.start(TestTls.of(fixture.authority.server(HOST)).then(TestOrigin::echo));
    }

    private Connector connectorWith(KeyStore store) throws Exception {
        Path file = directory.resolve("trust.jks");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        System.setProperty(STORE, file.toString());
        return fixture.connector(PLENTY, UpstreamTls.trustingSystem(provider), NextHopHooks.NONE);
    }
}
