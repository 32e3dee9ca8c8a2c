package io.smokescreen.internal.address;

import static io.smokescreen.testing.TestDns.addresses;
import static io.smokescreen.testing.TestDns.after;
import static io.smokescreen.testing.TestDns.now;
import static io.smokescreen.testing.TestDns.raw;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.smokescreen.testing.DnsMessage;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestDns.Query;
import io.smokescreen.testing.TestDns.Send;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the DNS table of hardening.md that are the client's affair. */
class DnsResolverTest {

    private static final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private final Queue<Channel> sockets = new ConcurrentLinkedQueue<>();
    private final TestDns dns = TestDns.start();
    private final TestDns second = TestDns.start();

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @AfterEach
    void allSocketsAreClosed() {
        await().untilAsserted(() -> assertThat(sockets).noneMatch(Channel::isOpen));
        dns.close();
        second.close();
    }

    @Test
    void bothFamilies_ipv4First() throws Exception {
        dns.answer("a.test", "2600::2", "127.0.0.2", "127.0.0.3");

        assertThat(resolve(1000, "a.test")).containsExactly(ip("127.0.0.2"), ip("127.0.0.3"), ip("2600::2"));
    }

    @Test
    void oneFamily_isTheOnlyOneAskedFor() throws Exception {
        dns.answer("a.test", "2600::2", "127.0.0.2");

        assertThat(get(resolver(1000, 0, AddressFamilies.IPV4, dns).resolve("a.test")))
                .containsExactly(ip("127.0.0.2"));
        assertThat(get(resolver(1000, 0, AddressFamilies.IPV6, dns).resolve("a.test")))
                .containsExactly(ip("2600::2"));
        assertThat(dns.queries()).extracting(Query::type).containsExactly(1, 28);
    }

    @Test
    void silence_timesOut_afterOneMoreTry() {
        dns.drop("a.test");

        assertThat(failure(300, "a.test")).isInstanceOf(TimeoutException.class);
        assertThat(dns.count("a.test")).isEqualTo(4);
    }

    @Test
    void lateButInTime_isServed() throws Exception {
        dns.script("a.test", query -> after(600, addresses(query, 60, "127.0.0.2")));

        assertThat(resolve(1000, "a.test")).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void silentFamily_doesNotHoldBackTheOther() throws Exception {
        dns.script("a.test", query -> query.type() == 28 ? List.of() : now(addresses(query, 60, "127.0.0.2")));

        assertThat(resolve(400, "a.test")).containsExactly(ip("127.0.0.2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {DnsMessage.SERVFAIL, DnsMessage.REFUSED})
    void errorFromTheOnlyServer_isTriedOnceMore(int code) {
        dns.fail("a.test", code);

        assertThat(failure(1000, "a.test")).hasMessage("a.test: server failure");
        assertThat(dns.count("a.test")).isEqualTo(4);
    }

    @Test
    void errorOnce_isServed() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        dns.script(
                "a.test",
                query -> now(
                        asked.getAndIncrement() < 2
                                ? query.reply().code(DnsMessage.SERVFAIL)
                                : addresses(query, 60, "127.0.0.2")));

        assertThat(resolve(1000, "a.test")).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void noSuchName_noData_failAtOnce() {
        dns.answer("empty.test");

        for (String name : List.of("unknown.test", "empty.test")) {
            assertThat(failure(1000, name))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageEndingWith("no such host");
            assertThat(dns.count(name)).isEqualTo(2);
        }
    }

    @Test
    void aliasToNothing_failsAtOnce() {
        dns.alias("a.test", "b.test");

        assertThat(failure(1000, "a.test")).hasMessageEndingWith("no such host");
        assertThat(dns.queries()).hasSize(4);
    }

    @Test
    void truncated_isAskedOverTcp() throws Exception {
        String[] many = IntStream.range(0, 100).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
        dns.script(
                "a.test",
                query -> now(
                        query.tcp() || query.type() == 28
                                ? addresses(query, 60, many)
                                : query.reply().truncated()));

        assertThat(resolve(1000, "a.test")).hasSize(100).last().isEqualTo(ip("10.0.0.99"));
    }

    @Test
    void query_offersUdpPayloadOf1232() throws Exception {
        dns.answer("a.test", "127.0.0.2");

        resolve(1000, "a.test");

        // The OPT record is the last eleven bytes: root name, type 41, payload size, ...
        byte[] bytes = dns.queries().get(0).bytes();
        int opt = bytes.length - 11;
        assertThat(bytes[opt + 2]).isEqualTo((byte) 41);
        assertThat((bytes[opt + 3] & 0xff) << 8 | (bytes[opt + 4] & 0xff)).isEqualTo(1232);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wrong id",
                "wrong question",
                "no question",
                "not a response",
                "other source port",
                "short",
                "garbage",
            })
    void forgedAnswer_isIgnored_andTheRightOneTaken(String forgery) throws Exception {
        dns.script("a.test", query -> {
            List<Send> sends = new ArrayList<>(forged(forgery, query));
            sends.addAll(after(100, addresses(query, 60, "127.0.0.2")));
            return sends;
        });

        assertThat(resolve(1000, "a.test")).containsExactly(ip("127.0.0.2"));
    }

    private static List<Send> forged(String how, Query query) {
        DnsMessage forged = addresses(query, 60, "127.0.0.66", "2600::66");
        return switch (how) {
            case "wrong id" -> now(forged.wrongId());
            case "wrong question" -> now(forged.question("b.test"));
            case "no question" -> now(forged.noQuestion());
            case "not a response" -> now(forged.notAResponse());
            case "other source port" -> List.of(new Send(Duration.ZERO, true, forged.bytes()));
            case "short" -> raw(new byte[] {1, 2, 3});
            default -> raw(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        };
    }

    @Test
    void recordsOfOtherNames_areIgnored() {
        dns.script(
                "a.test",
                query -> now(query.reply().address("b.test", 60, "127.0.0.66").cname("c.test", 60, "d.test")));

        assertThat(failure(1000, "a.test")).hasMessageEndingWith("no such host");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 16})
    void aliases_areFollowed(int length) throws Exception {
        for (int i = 0; i < length; i++) {
            dns.alias("n" + i + ".test", "n" + (i + 1) + ".test");
        }
        dns.answer("n" + length + ".test", "127.0.0.2");

        assertThat(resolve(2000, "n0.test")).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void aliasesInOneAnswer_areFollowed() throws Exception {
        dns.script(
                "a.test",
                query -> now(
                        query.type() == 28
                                ? query.reply()
                                : query.reply().cname("a.test", 60, "B.test").address("b.test", 60, "127.0.0.2")));

        assertThat(resolve(1000, "a.test")).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void twentyAliases_areTooMany() {
        for (int i = 0; i < 20; i++) {
            dns.alias("n" + i + ".test", "n" + (i + 1) + ".test");
        }
        dns.answer("n20.test", "127.0.0.2");

        assertThat(failure(2000, "n0.test")).hasMessage("n0.test: too many aliases");
    }

    @Test
    void aliasLoop_endsAtOnce() {
        dns.alias("a.test", "b.test").alias("b.test", "a.test");

        assertThat(failure(1000, "a.test")).hasMessage("a.test: too many aliases");
        assertThat(dns.queries()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil\r\nx.test", "localhost", "127.0.0.1", "a b.test"})
    void aliasToWhatIsNoHostName_isIgnored(String target) {
        dns.alias("a.test", target);

        assertThat(failure(1000, "a.test")).hasMessage("a.test: no such host");
        assertThat(dns.count("a.test")).isEqualTo(2);
    }

    @Test
    void aliasWithNul_isIgnoredWithItsMessage() {
        dns.alias("a.test", "evil\u0000.test");

        assertThat(failure(300, "a.test")).isInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 16, 17})
    void addressOfTheWrongLength_isIgnored(int length) {
        dns.script(
                "a.test",
                query -> now(query.reply()
                        .dnsRecord("a.test", query.type(), 60, new byte[query.type() == 28 ? length + 1 : length])));

        assertThat(failure(500, "a.test")).hasMessage("a.test: no such host");
    }

    @Test
    void compressionLoop_andLyingCounts_doNoHarm() {
        byte[] pointerToItself = {(byte) 0xc0, 24, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1};
        dns.script("loop.test", query -> now(query.reply().rawRecord(pointerToItself)));
        dns.script("lie.test", query -> now(query.reply().claimMoreAnswers(500)));

        assertThat(failure(300, "loop.test")).isInstanceOfAny(UnknownHostException.class, TimeoutException.class);
        assertThat(failure(300, "lie.test")).isInstanceOfAny(UnknownHostException.class, TimeoutException.class);
    }

    @Test
    void firstServerSilent_secondIsAskedInTime() throws Exception {
        dns.drop("a.test");
        second.answer("a.test", "127.0.0.2");

        DnsResolver resolver = resolver(600, 0, AddressFamilies.IPV4_AND_IPV6, dns, second);
        assertThat(get(resolver.resolve("a.test"))).containsExactly(ip("127.0.0.2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {DnsMessage.SERVFAIL, DnsMessage.REFUSED})
    void firstServerFails_secondIsAskedAtOnce(int code) throws Exception {
        dns.fail("a.test", code);
        second.answer("a.test", "127.0.0.2");

        DnsResolver resolver = resolver(60_000, 0, AddressFamilies.IPV4_AND_IPV6, dns, second);
        assertThat(get(resolver.resolve("a.test"))).containsExactly(ip("127.0.0.2"));
        assertThat(dns.queries()).hasSize(2);
    }

    @Test
    void eachQuestion_hasAPortOfItsOwn() throws Exception {
        dns.answerAll("127.0.0.2");
        DnsResolver resolver = resolver(1000, 0, AddressFamilies.IPV4, dns);
        for (int i = 0; i < 8; i++) {
            get(resolver.resolve("n" + i + ".test"));
        }

        assertThat(dns.queries().stream().map(query -> query.source().getPort()).collect(toSet()))
                .hasSizeGreaterThan(6);
        assertThat(dns.queries().stream().map(Query::id).collect(toSet())).hasSizeGreaterThan(6);
    }

    @Test
    void cache_serves_untilTheShortestTtl() throws Exception {
        dns.script(
                "a.test",
                query -> now(
                        query.type() == 28
                                ? query.reply().address("a.test", 0, "2600::2")
                                : query.reply().address("a.test", 60, "127.0.0.2")));
        dns.answer("b.test", "127.0.0.2");
        DnsResolver resolver = resolver(1000, 10, AddressFamilies.IPV4_AND_IPV6, dns);

        for (int i = 0; i < 3; i++) {
            get(resolver.resolve("a.test"));
            get(resolver.resolve("b.test"));
        }

        assertThat(dns.count("a.test")).isEqualTo(6); // TTL 0 of one address: none of them is remembered
        assertThat(dns.count("b.test")).isEqualTo(2);
    }

    @Test
    void cacheOff_asksEachTime() throws Exception {
        dns.answer("a.test", "127.0.0.2");
        DnsResolver resolver = resolver(1000, 0, AddressFamilies.IPV4, dns);

        get(resolver.resolve("a.test"));
        get(resolver.resolve("a.test"));

        assertThat(dns.count("a.test")).isEqualTo(2);
    }

    @Test
    void failure_isNotRemembered() throws Exception {
        DnsResolver resolver = resolver(1000, 10, AddressFamilies.IPV4, dns);
        assertThat(failure(resolver.resolve("a.test").toCompletableFuture())).isInstanceOf(UnknownHostException.class);

        dns.answer("a.test", "127.0.0.2");

        assertThat(get(resolver.resolve("a.test"))).containsExactly(ip("127.0.0.2"));
    }

    @Test
    void cancelled_closesItsSockets() {
        dns.drop("a.test");
        CompletableFuture<List<InetAddress>> lookup = resolver(60_000, 0, AddressFamilies.IPV4_AND_IPV6, dns)
                .resolve("a.test")
                .toCompletableFuture();
        await().until(() -> dns.count("a.test") == 2);
        assertThat(sockets).hasSize(2).allMatch(Channel::isOpen);

        lookup.cancel(false);

        await().untilAsserted(() -> assertThat(sockets).noneMatch(Channel::isOpen));
    }

    @Test
    void closed_failsWhatIsUnderWay_andClosesItsSockets() {
        dns.drop("a.test");
        DnsResolver resolver = resolver(60_000, 0, AddressFamilies.IPV4_AND_IPV6, dns);
        CompletableFuture<List<InetAddress>> lookup = resolver.resolve("a.test").toCompletableFuture();
        await().until(() -> dns.count("a.test") == 2);

        resolver.close();

        assertThat(failure(lookup)).hasMessageEndingWith("resolver closed");
        await().untilAsserted(() -> assertThat(sockets).hasSize(2).noneMatch(Channel::isOpen));
    }

    @Test
    void resolvConf_isReadAsGlibcDoes() {
        Stream<String> lines = Stream.of(
                "# comment",
                "search example.com",
                "nameserver 192.0.2.1",
                "  nameserver\t2001:db8::1 ",
                "nameserver x",
                "nameserver 192.0.2.2",
                "nameserver 192.0.2.3");

        assertThat(DnsServers.parse(lines))
                .containsExactly(
                        new InetSocketAddress(ip("192.0.2.1"), 53),
                        new InetSocketAddress(ip("2001:db8::1"), 53),
                        new InetSocketAddress(ip("192.0.2.2"), 53));
        assertThat(DnsServers.parse(Stream.of())).containsExactly(new InetSocketAddress(ip("127.0.0.1"), 53));
    }

    private List<InetAddress> resolve(int timeoutMillis, String name) throws Exception {
        return get(
                resolver(timeoutMillis, 0, AddressFamilies.IPV4_AND_IPV6, dns).resolve(name));
    }

    private Throwable failure(int timeoutMillis, String name) {
        return failure(resolver(timeoutMillis, 0, AddressFamilies.IPV4_AND_IPV6, dns)
                .resolve(name)
                .toCompletableFuture());
    }

    private static Throwable failure(CompletableFuture<?> lookup) {
        try {
            throw new AssertionError("resolved to " + lookup.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static List<InetAddress> get(CompletionStage<List<InetAddress>> lookup) throws Exception {
        return lookup.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private DnsResolver resolver(int timeoutMillis, int cacheEntries, AddressFamilies families, TestDns... servers) {
        List<InetSocketAddress> addresses =
                Stream.of(servers).map(TestDns::address).toList();
        return new DnsResolver(
                new DnsResolver.Settings(addresses, Duration.ofMillis(timeoutMillis), families, cacheEntries, 300),
                group,
                () -> remember(new NioDatagramChannel()),
                () -> remember(new NioSocketChannel()));
    }

    private <C extends Channel> C remember(C socket) {
        sockets.add(socket);
        return socket;
    }

    private static InetAddress ip(String text) {
        return RuleSetBuilder.parseAddress(text);
    }
}
