package io.smokescreen.internal.address;

import static io.smokescreen.api.AddressVerdict.ALLOW_DEFAULT;
import static io.smokescreen.api.AddressVerdict.DENY_NOT_GLOBAL_UNICAST;
import static io.smokescreen.api.AddressVerdict.DENY_PRIVATE_RANGE;
import static io.smokescreen.api.AddressVerdict.DENY_SELF_CONNECTION;
import static io.smokescreen.api.AddressVerdict.DENY_USER_CONFIGURED;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Resolver;
import io.smokescreen.internal.address.VettingResult.Denied;
import io.smokescreen.internal.address.VettingResult.ResolutionFailed;
import io.smokescreen.internal.address.VettingResult.Vetted;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NullUnmarked // nulls are what some of these tests are about
class AddressVettingTest {

    private static final EventLoop loop = new DefaultEventLoop();
    private static final Resolver NEVER_ASKED = name -> {
        throw new AssertionError("asked for " + name);
    };

    private final BlockingQueue<VettingResult> results = new LinkedBlockingQueue<>();
    private final AtomicInteger offLoop = new AtomicInteger();
    private final SelfConnections self = new SelfConnections(List::of);

    @AfterAll
    static void stopLoop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void literal_isJudgedWithoutLookup() throws Exception {
        Vetted vetted = (Vetted) vet("93.184.215.14", vetting(NEVER_ASKED, strict()));

        assertThat(vetted.addresses()).extracting(VettedAddress::address).containsExactly(ip("93.184.215.14"));
        assertThat(vetted.addresses()).extracting(VettedAddress::port).containsExactly(443);
        assertThat(vetted.lookupNanos()).isZero();
    }

    @Test
    void deniedLiteral_hasGosWords() throws Exception {
        Denied denied = (Denied) vet("10.0.0.1", vetting(NEVER_ASKED, strict()));

        assertThat(denied.verdict()).isEqualTo(DENY_PRIVATE_RANGE);
        assertThat(denied.reason())
                .isEqualTo("The destination address (10.0.0.1) was denied by rule 'Deny: Private Range'");
    }

    @Test
    void deniedName_hasGosWords() throws Exception {
        Denied denied = (Denied) vet("a.test", vetting(knows("10.0.0.1", "127.0.0.1"), strict()));

        assertThat(denied.verdicts()).containsExactly(DENY_PRIVATE_RANGE, DENY_NOT_GLOBAL_UNICAST);
        assertThat(denied.reason())
                .isEqualTo(
                        "no valid IP found among resolved addresses - 10.0.0.1 denied by rule 'Deny: Private Range'");
    }

    @Test
    void localhost_isLoopback_neverAQuestion() throws Exception {
        AddressFilter loopback = RuleSetBuilder.strict()
                .range(true, "127.0.0.0/8")
                .address(true, "::1")
                .build(false);
        for (String name : List.of("localhost", "a.localhost")) {
            assertThat(addresses(vet(name, vetting(NEVER_ASKED, loopback))))
                    .containsExactly(ip("127.0.0.1"), ip("::1"));
            assertThat(vet(name, vetting(NEVER_ASKED, strict()))).isInstanceOf(Denied.class);
        }
    }

    @Test
    void onlyAllowedAddresses_inTheResolversOrder() throws Exception {
        Vetted vetted = (Vetted)
                vet("a.test", vetting(knows("10.0.0.1", "9.9.9.9", "2600::1", "8.8.8.8", "9.9.9.9"), strict()));

        assertThat(addresses(vetted)).containsExactly(ip("9.9.9.9"), ip("2600::1"), ip("8.8.8.8"));
        assertThat(vetted.verdicts()).containsExactly(DENY_PRIVATE_RANGE, ALLOW_DEFAULT, ALLOW_DEFAULT, ALLOW_DEFAULT);
    }

    @Test
    void deferredAddresses_comeLast_inTheirOrder() throws Exception {
        Bench vetting = vetting(
                knows("9.9.9.9", "8.8.8.8", "1.1.1.1", "2600::1"),
                strict(),
                List.of(ip("1.1.1.1"), ip("9.9.9.9")),
                null,
                1000);

        assertThat(addresses(vet("a.test", vetting)))
                .containsExactly(ip("8.8.8.8"), ip("2600::1"), ip("1.1.1.1"), ip("9.9.9.9"));
    }

    @Test
    void mappedAndScopedAddresses_areMadePlain() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 9, 9, 9, 9};
        byte[] scoped = {0x26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        Resolver resolver = name -> {
            try {
                return completedFuture(List.of(
                        Inet6Address.getByAddress("evil.test", mapped, -1),
                        Inet6Address.getByAddress(null, scoped, 1)));
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        };

        List<InetAddress> addresses = addresses(vet("a.test", vetting(resolver, strict())));

        assertThat(addresses).containsExactly(ip("9.9.9.9"), ip("2600::1"));
        assertThat(addresses).extracting(InetAddress::toString).containsExactly("/9.9.9.9", "/2600:0:0:0:0:0:0:1");
    }

    @Test
    void ownAddress_isDeniedBeforeTheFilter() throws Exception {
        self.listensOn(443);

        Denied denied = (Denied) vet("127.0.0.9", vetting(NEVER_ASKED, AddressFilter.unsafeAllowAll()));

        assertThat(denied.verdict()).isEqualTo(DENY_SELF_CONNECTION);
    }

    @Test
    void moreAddressesThanAnyoneNeeds_areCut() throws Exception {
        String[] many = IntStream.range(0, 1000)
                .mapToObj(i -> "9.9." + i / 250 + "." + i % 250)
                .toArray(String[]::new);

        assertThat(((Vetted) vet("a.test", vetting(knows(many), strict()))).verdicts())
                .hasSize(256);
    }

    static Stream<Resolver> brokenResolvers() {
        return Stream.of(
                name -> null,
                name -> completedFuture(null),
                name -> completedFuture(List.of()),
                name -> {
                    throw new IllegalStateException("text from outside");
                },
                name -> {
                    throw new StackOverflowError();
                },
                name -> CompletableFuture.failedFuture(new UnknownHostException("text from outside")));
    }

    @ParameterizedTest
    @MethodSource("brokenResolvers")
    void brokenResolver_isAFailureInOurWords(Resolver resolver) throws Exception {
        ResolutionFailed failed = (ResolutionFailed) vet("a.test", vetting(resolver, strict()));

        assertThat(failed.message()).isIn("no such host", "resolver failed");
        assertThat(failed.timedOut()).isFalse();
    }

    @Test
    void resolverThatTimesOut_isATimeout() throws Exception {
        Resolver resolver = name -> CompletableFuture.failedFuture(new TimeoutException());

        assertThat(((ResolutionFailed) vet("a.test", vetting(resolver, strict()))).timedOut())
                .isTrue();
    }

    @Test
    void lateAnswer_isATimeout_andIgnored() throws Exception {
        CompletableFuture<List<InetAddress>> late = new CompletableFuture<>();
        ResolutionFailed failed =
                (ResolutionFailed) vet("a.test", vetting(name -> late, strict(), List.of(), null, 50));

        assertThat(failed.timedOut()).isTrue();
        assertThat(failed.lookupNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(49));
        await().untilAsserted(() -> assertThat(late).isCancelled());
        assertNothingMore();
    }

    @Test
    void cancelled_neverCallsBack_andAbandonsTheLookup() throws Exception {
        CompletableFuture<List<InetAddress>> lookup = new CompletableFuture<>();
        Bench vetting = vetting(name -> lookup, strict());
        loop.submit(() -> vetting.vet(Destination.of("a.test", 443), loop, results::add)
                        .cancel())
                .get();

        assertThat(lookup).isCancelled();
        assertNothingMore();
    }

    static Stream<AddressFilter> brokenFilters() {
        return Stream.of(
                (address, port) -> null,
                (address, port) -> {
                    throw new Exception("no");
                },
                (address, port) -> {
                    throw new StackOverflowError();
                });
    }

    @ParameterizedTest
    @MethodSource("brokenFilters")
    void brokenFilter_denies(AddressFilter filter) throws Exception {
        for (Executor executor : new Executor[] {null, task -> new Thread(task).start()}) {
            Bench vetting = vetting(NEVER_ASKED, filter, List.of(), executor, 1000);
            assertThat(((Denied) vet("9.9.9.9", vetting)).verdict()).isEqualTo(DENY_USER_CONFIGURED);
        }
    }

    @Test
    void lateFilter_denies() throws Exception {
        Bench vetting = vetting(NEVER_ASKED, strict(), List.of(), task -> {}, 50);

        assertThat(((Denied) vet("9.9.9.9", vetting)).verdict()).isEqualTo(DENY_USER_CONFIGURED);
        assertNothingMore();
    }

    @Test
    void fullExecutor_denies() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException();
        };

        assertThat(vet("9.9.9.9", vetting(NEVER_ASKED, strict(), List.of(), full, 1000)))
                .isInstanceOf(Denied.class);
    }

    @Test
    void filterOnExecutor_answersOnTheEventLoop() throws Exception {
        AddressFilter notOnLoop =
                (address, port) -> loop.inEventLoop() ? DENY_USER_CONFIGURED : AddressVerdict.ALLOW_DEFAULT;
        Executor executor = task -> new Thread(task).start();

        assertThat(vet("9.9.9.9", vetting(NEVER_ASKED, notOnLoop, List.of(), executor, 1000)))
                .isInstanceOf(Vetted.class);
    }

    @Test
    void cache_holdsNoMoreThanAllowed_andForgetsTheOldest() {
        long[] now = {0};
        DnsAnswerCache cache = new DnsAnswerCache(2, 300, () -> now[0]);
        cache.put("a", List.of(ip("9.9.9.9")), 60);
        cache.put("b", List.of(ip("9.9.9.9")), 100_000);
        assertThat(cache.get("a")).isNotNull();
        cache.put("c", List.of(ip("9.9.9.9")), 60);

        assertThat(cache.size()).isEqualTo(2);
        assertThat(cache.get("b")).isNull();
        cache.put("b", List.of(ip("9.9.9.9")), 100_000);
        now[0] = TimeUnit.SECONDS.toNanos(300) - 1;
        assertThat(cache.get("b")).isNotNull();
        now[0]++;
        assertThat(cache.get("b")).isNull();
        cache.put("z", List.of(ip("9.9.9.9")), 0);
        assertThat(cache.get("z")).isNull();
    }

    private VettingResult vet(String host, Bench vetting) throws Exception {
        loop.execute(() -> {
            Cancellable unused = vetting.vet(Destination.of(host, 443), loop, result -> {
                if (!loop.inEventLoop()) {
                    offLoop.incrementAndGet();
                }
                results.add(result);
            });
        });
        VettingResult result = results.poll(5, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        assertThat(offLoop).hasValue(0);
        return result;
    }

    private void assertNothingMore() {
        await().during(Duration.ofMillis(100)).until(results::isEmpty);
    }

    private Bench vetting(Resolver resolver, AddressFilter filter) {
        return vetting(resolver, filter, List.of(), null, 1000);
    }

    private Bench vetting(
            Resolver resolver,
            AddressFilter filter,
            List<InetAddress> deferred,
            @Nullable Executor executor,
            int timeoutMillis) {
        Duration timeout = Duration.ofMillis(timeoutMillis);
        return new Bench(
                new AddressVetting(resolver, timeout, executor, timeout),
                new VettingRules(new GuardedAddressFilter(self, true, filter), deferred));
    }

    /** A vetting with the rules it is to judge by. */
    private record Bench(AddressVetting vetting, VettingRules rules) {

        Cancellable vet(Destination destination, EventExecutor loop, Consumer<VettingResult> done) {
            return vetting.vet(destination, rules, loop, done);
        }
    }

    private static AddressFilter strict() {
        return RuleSetBuilder.strict().build(false);
    }

    private static Resolver knows(String... ips) {
        List<InetAddress> addresses = Stream.of(ips).map(AddressVettingTest::ip).toList();
        return name -> completedFuture(addresses);
    }

    private static List<InetAddress> addresses(VettingResult result) {
        return ((Vetted) result)
                .addresses().stream().map(VettedAddress::address).toList();
    }

    private static InetAddress ip(String text) {
        return RuleSetBuilder.parseAddress(text);
    }
}
