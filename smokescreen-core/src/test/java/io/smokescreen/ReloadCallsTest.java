package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.smokescreen.api.AclPolicy;
import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When rules can be loaded, and what else goes on meanwhile. */
class ReloadCallsTest {

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void writeFirstAcl() throws IOException {
        file = directory.resolve("acl.yaml");
        allow("a.test");
    }

    @Test
    void reload_beforeTheStart_works() throws Exception {
        try (Smokescreen proxy = local().rules(this::load).build()) {
            allow("b.test");
            assertThat(proxy.policy().check("", "b.test", 443).allowed()).isFalse();

            proxy.reload();

            assertThat(proxy.policy().check("", "b.test", 443).allowed()).isTrue();
        }
    }

    @Test
    void reload_withoutASource_tellsWhatIsMissing() {
        try (Smokescreen proxy = local().build()) {
            assertThatIllegalStateException()
                    .isThrownBy(proxy::reload)
                    .withMessageContaining("SmokescreenBuilder.rules");
        }
    }

    @Test
    void reload_afterClose_isAnErrorAndLoadsNothing() {
        AtomicInteger loads = new AtomicInteger();
        Smokescreen proxy = local().rules(() -> {
                    loads.incrementAndGet();
                    return load();
                })
                .build();
        proxy.close();

        assertThatIllegalStateException().isThrownBy(proxy::reload).withMessageContaining("already closed");
        assertThat(loads).hasValue(1);
    }

    @Test
    void close_doesNotWaitForAReloadThatHangs() throws Exception {
        CountDownLatch loading = new CountDownLatch(2);
        CountDownLatch hang = new CountDownLatch(1);
        Smokescreen proxy = local().rules(() -> {
                    loading.countDown();
                    if (loading.getCount() == 0) {
                        assertThat(hang.await(30, TimeUnit.SECONDS)).isTrue();
                    }
                    return load();
                })
                .start();
        CompletableFuture<ReloadReport> reload = CompletableFuture.supplyAsync(proxy::reload);
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();

        proxy.close();

        assertThat(reload).isNotDone();
        hang.countDown();
        reload.get(10, TimeUnit.SECONDS);
    }

    @Test
    void reloads_atTheSameTime_waitForEachOther() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (Smokescreen proxy = local().rules(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Rules rules = load();
                    inside.decrementAndGet();
                    return rules;
                })
                .build()) {
            List<CompletableFuture<ReloadReport>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(CompletableFuture.supplyAsync(proxy::reload));
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

            assertThat(most).hasValue(1);
        }
    }

    @Test
    void build_withAFileThatIsNotValid_tellsWhatAndWhere() throws IOException {
        Files.writeString(file, "version: v1\nservices: []\ndefalt: {}\n");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(local().rules(this::load)::build)
                .withMessageContaining(file + ":3:1")
                .withMessageContaining("default");
    }

    @Test
    void build_withASourceAndFixedRules_isAnError() {
        SmokescreenBuilder builder = local().rules(Rules::defaults).aclPolicy(AclPolicy.denyAll());

        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("aclPolicy");
        assertThatIllegalStateException()
                .isThrownBy(local().rules(Rules::defaults).addressRules(TestProxy.OPEN)::build);
    }

    @Test
    void build_withAFilterAndLoadedAddressRules_isAnError() {
        SmokescreenBuilder builder = local().addressFilter(AddressFilter.denyAll());

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(builder.rules(() -> Rules.defaults().withAddressRules(TestProxy.OPEN))::build)
                .withMessageContaining("addressFilter");
        try (Smokescreen proxy = builder.rules(this::load).build()) {
            assertThat(proxy.policy().check("", "9.9.9.9", 443).allowed()).isFalse();
        }
    }

    private void allow(String host) throws IOException {
        Files.writeString(
                file,
                "version: v1\nservices: []\ndefault:\n  action: enforce\n  allowed_domains: [" + host + ", 9.9.9.9]\n");
    }

    private Rules load() {
        return Rules.defaults().withAclPolicy(Acl.fromYaml(file));
    }

    private static SmokescreenBuilder local() {
        return Smokescreen.builder().listen("127.0.0.1", 0).eventLoopThreads(1).allowMissingRole(true);
    }
}
