package io.smokescreen.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslProvider;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.TestCertificates;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** When the system's trust store is read. */
class UpstreamTlsTest {

    private static final String STORE = "javax.net.ssl.trustStore";
    private static final char[] PASSWORD = "changeit".toCharArray();

    @RegisterExtension
    private final CapturedLog log = new CapturedLog(UpstreamTls.class);

    /** Shortly before System.nanoTime wraps around. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    private final UpstreamTls tls = UpstreamTls.trustingSystem(SslProvider.JDK, nanos::get);

    @TempDir
    private Path directory;

    @AfterEach
    void restore() {
        System.clearProperty(STORE);
    }

    @Test
    void storeThatCannotBeUsed_isReadAgain_onlyAfterAWhile() throws Exception {
        systemTrusts(Map.of());
        CompletableFuture<UpstreamTlsContext> first = tls.context();
        assertUnusable(first);
        nanos.addAndGet(UpstreamTls.RETRY.toNanos() - 1);

        assertThat(tls.context()).isSameAs(first);
        assertThat(log.events()).hasSize(1);

        nanos.incrementAndGet();
        CompletableFuture<UpstreamTlsContext> second = tls.context();
        assertUnusable(second);
        assertThat(tls.context()).isSameAs(second);
        assertThat(log.events()).hasSize(2);
    }

    @Test
    void storeThatCanBeUsedAgain_isUsedFromThenOn() throws Exception {
        systemTrusts(Map.of());
        assertUnusable(tls.context());
        systemTrusts(Map.of("authority", TestCertificates.create().certificate()));
        nanos.addAndGet(UpstreamTls.RETRY.toNanos());

        CompletableFuture<UpstreamTlsContext> context = tls.context();
        assertThat(context.get(30, TimeUnit.SECONDS)).isNotNull();
        nanos.addAndGet(UpstreamTls.RETRY.toNanos());
        assertThat(tls.context()).isSameAs(context);
    }

    private static void assertUnusable(CompletableFuture<UpstreamTlsContext> context) {
        assertThatThrownBy(() -> context.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("it holds no authority");
    }

    private void systemTrusts(Map<String, X509Certificate> authorities) throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, PASSWORD);
        for (Map.Entry<String, X509Certificate> each : authorities.entrySet()) {
            store.setCertificateEntry(each.getKey(), each.getValue());
        }
        Path file = directory.resolve("trust.jks");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        System.setProperty(STORE, file.toString());
    }
}
