package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.direct;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.internal.tls.UpstreamTls;
import io.smokescreen.testing.Command;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM in which the JDK looks up revocation by itself; it takes that from its command line only. */
class RevocationSwitchTest {

    private static final String HOST = "www.origin.test";
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    @Test
    void systemTrust_looksNothingUp_whateverTheJvmIsTold() throws Exception {
        Path output = directory.resolve("output.txt");
        Process jvm = Command.start(
                output,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dcom.sun.net.ssl.checkRevocation=true",
                "-cp",
                System.getProperty("java.class.path"),
                RevocationSwitchTest.class.getName(),
                directory.resolve("trust.jks").toString());
        boolean ended = jvm.waitFor(60, TimeUnit.SECONDS);
        jvm.destroyForcibly();

        assertThat(ended).isTrue();
        assertThat(output).content().contains("JDK: Connected").contains("OPENSSL_REFCNT: Connected");
    }

    /** Connects to an origin whose certificate nobody can tell to be good. */
    public static void main(String[] arguments) throws Exception {
        for (SslProvider provider : new SslProvider[] {SslProvider.JDK, SslProvider.OPENSSL_REFCNT}) {
            try (ConnectorFixture fixture = new ConnectorFixture(provider);
                    TestOrigin origin = TestOrigin.start(
                            TestTls.of(fixture.authority.server(HOST)).then(TestOrigin::echo))) {
                KeyStore store = KeyStore.getInstance("JKS");
                store.load(null, PASSWORD);
                store.setCertificateEntry("authority", fixture.authority.certificate());
                try (OutputStream out = Files.newOutputStream(Path.of(arguments[0]))) {
                    store.store(out, PASSWORD);
                }
                System.setProperty("javax.net.ssl.trustStore", arguments[0]);
                Connector connector =
                        fixture.connector(PLENTY, UpstreamTls.trustingSystem(provider), NextHopHooks.NONE);
                DialResult result = fixture.connect(connector, direct(origin, HOST, Purpose.HTTPS))
                        .result();
                System.out.println(provider + ": " + result);
            }
        }
    }
}
