package io.smokescreen.internal.mitm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.Cancellable;
import io.smokescreen.internal.tls.ServerIdentity;
import io.smokescreen.testing.CapturedLog;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered and for how long, who waits for what, and what BoringSSL holds meanwhile. */
class MitmCertificatesTest {

    private static final Host HOST = Host.parse("api.example.com");
    private static final Duration VALIDITY = Duration.ofDays(7);
    private static final int LIMIT = 3;

    @RegisterExtension
    final CapturedLog log = new CapturedLog(MitmCertificates.class);

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(4, LocalIoHandler.newFactory());
    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(2));
    private volatile Instant now = Instant.now();
    private final List<MitmCertificates> opened = new ArrayList<>();
    private final List<Channel> clients = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(MitmCertificates::close);
        executor.shutdownNow();
        clients.forEach(each -> each.close().syncUninterruptibly()); // an event loop that ends may leave them open
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void knownHost_isAnsweredAtOnce() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        Channel client = client();
        HostContext minted = ready(ask(certificates, HOST, client));

        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        client.eventLoop().execute(() -> {
            List<MitmResult> results = new ArrayList<>();
            certificates.contextFor(HOST, client, results::add);
            answered.complete(results.equals(List.of(new MitmResult.Ready(minted))));
        });
        assertThat(answered.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void unknownHost_isMintedElsewhere_andAnsweredOnTheEventLoop() throws Exception {
        AtomicReference<Thread> minting = new AtomicReference<>();
        InstantSource clock = () -> {
            minting.set(Thread.currentThread());
            return now;
        };
        MitmCertificates certificates = open(contexts(SslProvider.JDK, authority()), executor, clock);
        Channel client = client();

        CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
        client.eventLoop()
                .execute(() -> certificates.contextFor(
                        HOST,
                        client,
                        result -> onLoop.complete(client.eventLoop().inEventLoop())));
        assertThat(onLoop.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(client.eventLoop().inEventLoop(minting.get())).isFalse();
    }

    @Test
    void sameHost_askedForByMany_isMintedOnce() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        CountDownLatch gate = blockExecutor();
        List<CompletableFuture<MitmResult>> asked = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            asked.add(ask(certificates, HOST, client()));
        }
        await().until(() -> executor.getQueue().size() == 1);
        gate.countDown();

        List<HostContext> contexts = new ArrayList<>();
        for (CompletableFuture<MitmResult> each : asked) {
            contexts.add(ready(each));
        }
        assertThat(contexts).hasSize(64).containsOnly(contexts.get(0));
        assertThat(executor.getTaskCount()).as("with the one that blocked").isEqualTo(2);
    }

    @Test
    void hostsBeyondTheQueue_areRefused_andServedLater() throws Exception {
        MitmCertificates certificates = open(SslProvider.JDK);
        CountDownLatch gate = blockExecutor();
        Channel client = client();
        List<CompletableFuture<MitmResult>> waiting =
                List.of(ask(certificates, host(1), client), ask(certificates, host(2), client));

        assertThat(ask(certificates, host(3), client).get(10, TimeUnit.SECONDS)).isEqualTo(new MitmResult.Overloaded());
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        for (CompletableFuture<MitmResult> each : waiting) {
            ready(each);
        }
        ready(ask(certificates, host(3), client));
    }

    @Test
    void hostUsedLongestAgo_makesRoom() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        Channel client = client();
        List<HostContext> first = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            first.add(ready(ask(certificates, host(i), client)));
        }
        ready(ask(certificates, host(0), client));
        ready(ask(certificates, host(LIMIT), client));

        assertThat(certificates.size()).isEqualTo(LIMIT);
        assertThat(ready(ask(certificates, host(0), client))).isSameAs(first.get(0));
        assertThat(ready(ask(certificates, host(1), client))).isNotSameAs(first.get(1));
    }

    @Test
    void forgottenContext_isFreedWithTheLastConnectionThatUsesIt() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        Channel one = client();
        Channel two = client();
        HostContext context = ready(ask(certificates, host(0), one));
        ready(ask(certificates, host(0), two));
        assertThat(references(context)).as("cache and two clients").isEqualTo(3);
        SslHandler handler = context.newHandler(ByteBufAllocator.DEFAULT);
        forgetAll(certificates);
        one.close().sync();
        two.close().sync();
        assertThat(references(context)).as("the connection's engine").isEqualTo(1);

        ReferenceCountUtil.release(handler.engine());
        assertThat(references(context)).isZero();
    }

    @Test
    void certificate_isRenewedWhenHalfOfItsTimeHasPassed() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        Channel client = client();
        HostContext first = ready(ask(certificates, HOST, client));

        now = now.plus(VALIDITY.dividedBy(2)).minusMillis(1_001);
        assertThat(ready(ask(certificates, HOST, client))).isSameAs(first);
        now = now.plusMillis(1_001);
        HostContext second = ready(ask(certificates, HOST, client));
        assertThat(second).isNotSameAs(first);
        client.close().sync();
        assertThat(references(first)).isZero();
        assertThat(references(second)).isEqualTo(1);
        assertThat(certificates.size()).isEqualTo(1);
    }

    @Test
    void authorityThatExpires_isToldOf_evenWhereAHostIsKnown() throws Exception {
        Instant end = now.plusSeconds(30);
        Identity brief = TestCertificates.selfSigned("CN=Brief", TestIssuance.newKeys("EC"))
                .validUntil(end)
                .issueAuthority();
        MitmCertificates certificates = open(contexts(SslProvider.JDK, brief), executor, () -> now);
        Channel client = client();
        ready(ask(certificates, HOST, client));

        now = end.plusSeconds(1);
        for (Host host : List.of(HOST, host(1))) {
            assertThat(ask(certificates, host, client).get(10, TimeUnit.SECONDS))
                    .asString()
                    .contains("the MITM authority 'CN=Brief' has expired at ");
        }
    }

    @Test
    void clockSetBack_beforeTheAuthority_isToldOf() throws Exception {
        MitmCertificates certificates = open(SslProvider.JDK);
        now = Instant.EPOCH;
        assertThat(ask(certificates, HOST, client()).get(10, TimeUnit.SECONDS))
                .asString()
                .contains("is not valid before");
    }

    @Test
    void keyThatCannotSign_isAFailure_loggedOnce() throws Exception {
        Identity signer = authority();
        Identity broken = new Identity(TestIssuance.newKeys("RSA").getPrivate(), signer.chain());
        MitmCertificates certificates = open(contexts(SslProvider.JDK, broken), executor, () -> now);
        for (int i = 0; i < 2; i++) {
            assertThat(ask(certificates, HOST, client()).get(10, TimeUnit.SECONDS))
                    .isEqualTo(new MitmResult.Failed(MitmCertificates.FAILED));
        }
        assertThat(log.events()).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).contains(HOST.text());
            assertThat(event.getThrowableProxy()).isNotNull();
        });
    }

    @Test
    void cancelled_orClosed_getsNoAnswer_andHoldsNothing() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        CountDownLatch gate = blockExecutor();
        Channel leaves = client();
        Channel cancels = client();
        Channel stays = client();
        CompletableFuture<MitmResult> never = ask(certificates, HOST, leaves);
        CompletableFuture<Cancellable> request = new CompletableFuture<>();
        cancels.eventLoop().execute(() -> request.complete(certificates.contextFor(HOST, cancels, never::complete)));
        CompletableFuture<MitmResult> answer = ask(certificates, HOST, stays);
        Cancellable cancellable = request.get(10, TimeUnit.SECONDS);
        cancels.eventLoop().submit(cancellable::cancel).sync();
        leaves.close().sync();
        gate.countDown();

        HostContext context = ready(answer);
        await().until(() -> references(context) == 2); // the cache and the one that stays
        assertThat(never).isNotDone();
    }

    @Test
    void close_answersThoseWhoWait_andForgetsTheRest() throws Exception {
        MitmCertificates certificates = open(SslProvider.OPENSSL_REFCNT);
        Channel client = client();
        HostContext context = ready(ask(certificates, HOST, client));
        CountDownLatch gate = blockExecutor();
        CompletableFuture<MitmResult> waiting = ask(certificates, host(1), client);
        await().until(() -> executor.getQueue().size() == 1);

        certificates.close();
        certificates.close();

        MitmResult closed = new MitmResult.Failed(MitmCertificates.CLOSED);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(closed);
        assertThat(ask(certificates, HOST, client).get(10, TimeUnit.SECONDS)).isEqualTo(closed);
        assertThat(references(context)).isEqualTo(1);
        client.close().sync();
        assertThat(references(context)).isZero();
        gate.countDown();
    }

    /** With the threads, the queue and the limit of a proxy. */
    @ParameterizedTest
    @CsvSource({"OPENSSL_REFCNT, 10000, 1000", "JDK, 2000, 200"})
    void manyHosts_leaveNoMoreThanTheLimit(SslProvider provider, int hosts, int limit) throws Exception {
        MitmCertificates certificates = new MitmCertificates(contexts(provider, authority()), limit);
        opened.add(certificates);
        List<WeakReference<HostContext>> all = new ArrayList<>();
        for (int batch = 0; batch < hosts / 500; batch++) {
            Channel client = client();
            int from = batch * 500;
            List<CompletableFuture<MitmResult>> asked = IntStream.range(from, from + 500)
                    .mapToObj(i -> ask(certificates, host(i), client))
                    .toList();
            for (CompletableFuture<MitmResult> each : asked) {
                all.add(new WeakReference<>(ready(each)));
            }
            client.close().sync();
        }
        assertThat(all).hasSize(hosts);
        assertThat(certificates.size()).isEqualTo(limit);
        if (provider == SslProvider.OPENSSL_REFCNT) {
            assertThat(living(all).filter(each -> references(each) > 0)).hasSize(limit);
        }
        await().untilAsserted(() -> {
            System.gc();
            assertThat(living(all)).hasSize(limit);
        });
    }

    private static Stream<HostContext> living(List<WeakReference<HostContext>> all) {
        return all.stream().map(WeakReference::get).flatMap(Stream::ofNullable);
    }

    private void forgetAll(MitmCertificates certificates) throws Exception {
        Channel client = client();
        for (int i = 1; i <= LIMIT; i++) {
            ready(ask(certificates, host(i), client));
        }
    }

    private MitmCertificates open(SslProvider provider) throws Exception {
        return open(contexts(provider, authority()), executor, () -> now);
    }

    private MitmCertificates open(HostContexts contexts, ExecutorService minting, InstantSource clock) {
        MitmCertificates certificates = new MitmCertificates(contexts, LIMIT, minting, clock);
        opened.add(certificates);
        return certificates;
    }

    private static HostContexts contexts(SslProvider provider, Identity signer) {
        ServerIdentity identity = new ServerIdentity(signer.key(), signer.chain());
        return HostContexts.of(MitmAuthority.of(identity, Instant.now()), provider, VALIDITY);
    }

    private static Identity authority() throws Exception {
        return TestCertificates.selfSigned("CN=MITM", TestIssuance.newKeys("EC"))
                .validUntil(Instant.now().plus(Duration.ofDays(100)))
                .issueAuthority();
    }

    private Channel client() {
        Channel channel = new LocalChannel();
        loops.register(channel).syncUninterruptibly();
        clients.add(channel);
        return channel;
    }

    private static CompletableFuture<MitmResult> ask(MitmCertificates certificates, Host host, Channel client) {
        CompletableFuture<MitmResult> answer = new CompletableFuture<>();
        client.eventLoop().execute(() -> certificates.contextFor(host, client, answer::complete));
        return answer;
    }

    private static HostContext ready(CompletableFuture<MitmResult> answer) throws Exception {
        MitmResult result = answer.get(30, TimeUnit.SECONDS);
        assertThat(result).isInstanceOf(MitmResult.Ready.class);
        return ((MitmResult.Ready) result).context();
    }

    /** {@return what lets the executor go on} */
    private CountDownLatch blockExecutor() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        executor.execute(() -> {
            begun.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        return gate;
    }

    private static int references(HostContext context) {
        return ReferenceCountUtil.refCnt(context.context());
    }

    private static Host host(int number) {
        return Host.parse("h" + number + ".example.com");
    }
}
