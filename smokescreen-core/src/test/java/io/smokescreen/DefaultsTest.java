package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.MetricsSink;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every default, on one page, beside Go's where that is another one. A new setting fails here until it has its row, and a
 * changed default is a changed row that a reviewer sees.
 */
class DefaultsTest {

    /** Go has the same, or no such setting. */
    private static final String SAME = "";

    /** Go's documentation names no default, and none was observed. */
    private static final String UNKNOWN = "not compared";

    private record Row(String name, Object value, String go) {}

    private static final List<Row> TIMEOUTS = List.of(
            new Row("readHeader", Duration.ofSeconds(10), "300 s: a slow client holds its connection"),
            new Row("readRequest", Duration.ofSeconds(300), SAME),
            new Row("writeResponse", Duration.ofSeconds(300), SAME),
            new Row("keepAlive", Duration.ofSeconds(60), UNKNOWN),
            new Row("policy", Duration.ofSeconds(5), SAME),
            new Row("connect", Duration.ofSeconds(10), SAME),
            new Row("response", Duration.ofSeconds(300), UNKNOWN),
            new Row("idle", Duration.ofHours(24), UNKNOWN));

    private static final List<Row> LIMITS = List.of(
            new Row("maxConcurrentRequests", OptionalInt.empty(), SAME),
            new Row("maxRequestRate", OptionalDouble.empty(), SAME),
            new Row("maxRequestBurst", OptionalInt.empty(), "two seconds' worth too, which may round to none at all"),
            new Row("maxConcurrentTunnels", OptionalInt.empty(), SAME),
            new Row("maxIdleConnections", 1_024, "no limit"),
            new Row("maxIdleConnectionsPerHost", 64, "2"));

    private static final List<Row> RESOLVER = List.of(
            new Row("servers", List.of(), SAME),
            new Row("timeout", Duration.ofSeconds(5), UNKNOWN),
            new Row("network", Network.IP, SAME),
            new Row("cacheEntries", 10_000, "none; each tunnel asks twice"));

    private static final List<Row> RULES = List.of(
            new Row("roleExtractor", Optional.empty(), SAME),
            new Row("aclPolicy", Optional.empty(), SAME),
            new Row("addressRules", AddressRules.defaults(), "fewer special-purpose ranges, and allow beats deny"),
            new Row("tls", Optional.empty(), SAME));

    private static final List<Row> NEXT_HOPS = List.of(
            new Row("http", Optional.empty(), "HTTP_PROXY of the environment"),
            new Row("https", Optional.empty(), "HTTPS_PROXY of the environment"),
            new Row("noProxy", List.of(), "NO_PROXY of the environment"),
            new Row("selector", Optional.empty(), SAME),
            new Row("connectHook", Optional.empty(), SAME),
            new Row("tlsHook", Optional.empty(), SAME),
            new Row("authorities", List.of(), SAME),
            new Row("provider", TlsProvider.AUTO, "its own"),
            new Row("vettedAddressSent", false, "no such setting; a name is sent"));

    private static final List<Row> TLS = List.of(
            new Row("minimumVersion", TlsVersion.TLS_1_2, SAME),
            new Row("provider", TlsProvider.AUTO, "its own"),
            new Row("clientAuthorities", List.of(), SAME),
            new Row("revocationLists", List.of(), SAME),
            new Row("clientCertificateRequired", false, "no such setting; let in"),
            new Row("expiredListsRefused", false, "no such setting; not looked at"),
            new Row("severalCommonNamesRefused", false, "no such setting; the last one counts"));

    private static final List<Row> MITM = List.of(
            new Row("provider", TlsProvider.AUTO, "its own"),
            new Row("leafValidity", Duration.ofDays(7), UNKNOWN),
            new Row("maxCachedCertificates", 1_000, UNKNOWN));

    private static final List<Row> ORIGIN_TLS = List.of(
            new Row("authorities", List.of(), "the system's, too; none of its own"),
            new Row("provider", TlsProvider.AUTO, "its own"));

    private static final List<Row> BUILDER = List.of(
            new Row("listenAddress", ListenAddress.of("::", 4750), SAME),
            new Row("listenDescriptor", Optional.empty(), "Einhorn's, if it is the parent"),
            new Row("ownPorts", Set.of(), SAME),
            new Row("allowMissingRole", false, SAME),
            new Row("aclPolicy", Optional.empty(), SAME),
            new Row("addressRules", AddressRules.defaults(), "fewer special-purpose ranges, and allow beats deny"),
            new Row("addressFilter", Optional.empty(), SAME),
            new Row("resolver", Optional.empty(), SAME),
            new Row("resolverOptions", ResolverOptions.system(), SAME),
            new Row("metricsSink", MetricsSink.noop(), SAME),
            new Row("policyExecutor", Optional.empty(), SAME),
            new Row("timeouts", TimeoutOptions.defaults(), "see TIMEOUTS"),
            new Row("limits", LimitOptions.defaults(), "see LIMITS"),
            new Row("timeConnect", false, SAME),
            new Row("nextHops", NextHopOptions.defaults(), "see NEXT_HOPS"),
            new Row("proxyProtocol", Optional.empty(), SAME),
            new Row("tls", Optional.empty(), SAME),
            new Row("requestGate", Optional.empty(), SAME),
            new Row("acceptedDecorator", Optional.empty(), SAME),
            new Row("rejectedDecorator", Optional.empty(), SAME),
            new Row("addServerIpHeader", false, SAME),
            new Row("eventListener", Optional.empty(), SAME),
            new Row("socketDialer", Optional.empty(), SAME),
            new Row("mitm", Optional.empty(), SAME),
            new Row("originTls", OriginTlsOptions.systemTrust(), "see ORIGIN_TLS"),
            new Row("rulesSource", Optional.empty(), "none; Go reads its files once"),
            new Row("denyMessageExtra", "", SAME),
            new Row("eventLoopThreads", 0, SAME),
            new Row("transport", Transport.AUTO, SAME));

    private static final List<Record> WITH_DEFAULTS =
            List.of(TimeoutOptions.defaults(), ResolverOptions.system(), Rules.defaults(), NextHopOptions.defaults());

    /** Their default is a lambda, which equals nothing else; what it does is tested where it is used. */
    private static final List<String> FUNCTIONS = List.of("roleExtractor", "healthCheck");

    @Test
    void timeouts_haveTheseDefaults() {
        assertRows(components(TimeoutOptions.defaults()), TIMEOUTS);
    }

    @Test
    void limits_haveTheseDefaults() {
        assertRows(components(LimitOptions.defaults()), LIMITS);
    }

    @Test
    void resolverOptions_haveTheseDefaults() {
        assertRows(components(ResolverOptions.system()), RESOLVER);
        assertRows(components(ResolverOptions.servers(List.of())), RESOLVER);
    }

    @Test
    void nextHops_haveTheseDefaults() {
        assertRows(components(NextHopOptions.defaults()), NEXT_HOPS);
    }

    @Test
    void tls_hasTheseDefaults() throws Exception {
        Identity server = TestCertificates.create().issue("CN=smokescreen");
        TlsOptions options = TlsOptions.of(server.key(), server.chain());
        Map<String, Object> values = components(options.settings());
        values.remove("identity");
        values.put("minimumVersion", options.minimumVersion());
        values.put("provider", options.provider());
        assertRows(values, TLS);
    }

    @Test
    void mitm_hasTheseDefaults() throws Exception {
        Identity authority = TestCertificates.create().authority();
        MitmOptions options = MitmOptions.of(authority.key(), authority.chain());
        assertRows(
                Map.of(
                        "provider", options.provider(),
                        "leafValidity", MitmOptions.LEAF_VALIDITY,
                        "maxCachedCertificates", MitmOptions.MAX_CACHED_CERTIFICATES),
                MITM);
    }

    @Test
    void originTls_hasTheseDefaults() {
        OriginTlsOptions options = OriginTlsOptions.systemTrust();
        assertRows(Map.of("authorities", options.authorities(), "provider", options.provider()), ORIGIN_TLS);
    }

    @Test
    void rules_haveTheseDefaults() {
        assertRows(components(Rules.defaults()), RULES);
    }

    @Test
    void builder_hasTheseDefaults() {
        Map<String, Object> fields = fields(Smokescreen.builder());
        assertThat(fields).containsKeys(FUNCTIONS.toArray(String[]::new));
        fields.keySet().removeAll(FUNCTIONS);
        assertRows(fields, BUILDER);
    }

    @Test
    void builder_buildsWithDefaultsAndStaysUsable() {
        SmokescreenBuilder builder = Smokescreen.builder();
        try (Smokescreen first = builder.build();
                Smokescreen second = builder.build()) {
            assertThat(first).isNotSameAs(second);
        }
    }

    @ParameterizedTest
    @MethodSource("setters")
    void setter_refusesNullByItsName(Method setter) {
        Object[] arguments = new Object[setter.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = setter.getParameterTypes()[i] == int.class ? 1 : null;
        }

        assertThatThrownBy(() -> invoke(setter, Smokescreen.builder(), arguments))
                .as(setter.toGenericString())
                .isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @MethodSource("withers")
    void wither_refusesNull(Method wither) {
        Object target = WITH_DEFAULTS.stream()
                .filter(wither.getDeclaringClass()::isInstance)
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> invoke(wither, target, new Object[] {null}))
                .as(wither.toGenericString())
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void setters_returnTheBuilder() {
        assertThat(publicMethods(SmokescreenBuilder.class)
                        .filter(each -> each.getParameterCount() > 0)
                        .filter(each -> each.getReturnType() != SmokescreenBuilder.class))
                .isEmpty();
    }

    static Stream<Method> setters() {
        return publicMethods(SmokescreenBuilder.class).filter(DefaultsTest::takesAReference);
    }

    static Stream<Method> withers() {
        return WITH_DEFAULTS.stream()
                .map(Object::getClass)
                .flatMap(DefaultsTest::publicMethods)
                .filter(each -> each.getName().startsWith("with"))
                .filter(DefaultsTest::takesAReference);
    }

    private static boolean takesAReference(Method method) {
        return method.getParameterCount() > 0
                && Arrays.stream(method.getParameterTypes()).anyMatch(each -> !each.isPrimitive());
    }

    private static Stream<Method> publicMethods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(each -> Modifier.isPublic(each.getModifiers()) && !each.isSynthetic())
                .filter(each -> !each.getName().equals("equals"));
    }

    private static void assertRows(Map<String, Object> actual, List<Row> expected) {
        Map<String, Object> values = new LinkedHashMap<>();
        expected.forEach(row -> values.put(row.name, row.value));
        assertThat(actual.keySet()).as("each setting has its row").containsExactlyInAnyOrderElementsOf(values.keySet());
        SoftAssertions.assertSoftly(softly -> actual.forEach(
                (name, value) -> softly.assertThat(value).as(name).isEqualTo(values.get(name))));
    }

    private static Map<String, Object> components(Record options) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : options.getClass().getRecordComponents()) {
            values.put(component.getName(), orEmpty(invoke(component.getAccessor(), options)));
        }
        return values;
    }

    private static Map<String, Object> fields(SmokescreenBuilder builder) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Field field : SmokescreenBuilder.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                values.put(field.getName(), orEmpty(read(field, builder)));
            }
        }
        return values;
    }

    private static Object orEmpty(@Nullable Object value) {
        return value == null ? Optional.empty() : value;
    }

    private static @Nullable Object read(Field field, Object target) {
        try {
            field.setAccessible(true);
            return field.get(target);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object invoke(Method method, Object target, @Nullable Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
