package io.smokescreen.internal.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** A proxy on one transport and an origin behind it, with tunnels between them. */
final class TunnelFixture implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STALL = Duration.ofMillis(200);
    static final int WARM_UP = 6;
    private static final int CHUNK = 64 * 1024;

    private final TestOrigin origin;
    private final TestProxy proxy;

    private TunnelFixture(Transport transport, TestOrigin.Behaviour behaviour, Consumer<SmokescreenBuilder> customize) {
        assumeTrue(
                transport != Transport.EPOLL || Epoll.isAvailable(),
                () -> "epoll does not load here: " + Epoll.unavailabilityCause());
        this.origin = TestOrigin.start(behaviour);
        this.proxy = TestProxy.start(builder -> customize.accept(builder.transport(transport)));
        proxy.dns().answer("a.allowed.test", TestProxy.OPEN_ADDRESS);
    }

    static TunnelFixture start(Transport transport, TestOrigin.Behaviour behaviour) {
        return start(transport, behaviour, builder -> {});
    }

    static TunnelFixture start(
            Transport transport, TestOrigin.Behaviour behaviour, Consumer<SmokescreenBuilder> customize) {
        return new TunnelFixture(transport, behaviour, customize);
    }

    TestProxy proxy() {
        return proxy;
    }

    TestOrigin origin() {
        return origin;
    }

    /** {@return the head of a CONNECT to the origin} */
    String connect() {
        return connect("a.allowed.test");
    }

    String connect(String name) {
        return "CONNECT " + name + ":" + origin.port() + " HTTP/1.1\r\nHost: " + name + "\r\n\r\n";
    }

    /** {@return the client's end of a tunnel that is open} */
    RawClient open() {
        RawClient client = proxy.connect().send(connect());
        assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
        return client;
    }

    /** Waits for that many close lines, and makes sure that no more come, not even when the proxy ends. */
    List<Map<String, Object>> awaitCloses(int count) {
        await().atMost(PATIENCE).until(() -> proxy.closes().size() >= count);
        proxy.smokescreen().close();
        assertThat(proxy.closes()).hasSize(count);
        assertThat(proxy.decisions().stream().filter(line -> Boolean.TRUE.equals(line.get("allow"))))
                .as("decisions that opened a tunnel")
                .hasSize(count);
        return proxy.closes();
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        origin.close();
    }

    // ------------------------------------------------------------------------------------- bytes that can be told
    // apart

    /** Writes that many bytes, different ones all along, and counts them as they go out. */
    static void stream(OutputStream out, long count, AtomicLong written) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < count; at += CHUNK) {
            int length = (int) Math.min(CHUNK, count - at);
            fill(chunk, at);
            out.write(chunk, 0, length);
            written.addAndGet(length);
        }
        out.flush();
    }

    /** {@return the checksum of what {@link #stream} writes} */
    static String checksumOf(long count) {
        byte[] chunk = new byte[CHUNK];
        CRC32C crc = new CRC32C();
        for (long at = 0; at < count; at += CHUNK) {
            fill(chunk, at);
            crc.update(chunk, 0, (int) Math.min(CHUNK, count - at));
        }
        return count + " bytes, " + Long.toHexString(crc.getValue());
    }

    /** {@return the checksum of what comes until the end} */
    static String checksum(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK];
        CRC32C crc = new CRC32C();
        long count = 0;
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            crc.update(chunk, 0, length);
            count += length;
        }
        return count + " bytes, " + Long.toHexString(crc.getValue());
    }

    private static void fill(byte[] chunk, long at) {
        long state = at + 1;
        for (int i = 0; i < chunk.length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            chunk[i] = (byte) (state >>> 56);
        }
    }

    // ------------------------------------------------------------------------------------------------------ conditions

    /** Waits until a count has begun to grow and does so no longer. */
    static void awaitStall(AtomicLong count) {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(PATIENCE)
                .pollInterval(STALL)
                .until(() -> count.get() > 0 && last.getAndSet(count.get()) == count.get());
    }

    /** {@return how many descriptors this process has open, once every event loop has opened what it keeps} */
    long warmDescriptors() {
        for (int i = 0; i < WARM_UP; i++) {
            open().close();
        }
        await().atMost(PATIENCE).until(() -> proxy.closes().size() == WARM_UP);
        AtomicLong last = new AtomicLong(-1);
        await().atMost(PATIENCE).pollInterval(STALL).until(() -> {
            long now = descriptors();
            return last.getAndSet(now) == now;
        });
        return last.get();
    }

    /** {@return how many descriptors this process has open} */
    static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the CPU time that the event loops of proxies have used so far, to a hundredth of a second} */
    static Duration eventLoopCpu() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return Duration.ofMillis(
                    10L * threads.mapToLong(TunnelFixture::eventLoopTicks).sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long eventLoopTicks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            if (!stat.contains("(smokescreen")) {
                return 0;
            }
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(afterName[11]) + Long.parseLong(afterName[12]); // proc(5): utime, stime
        } catch (IOException e) { // the thread has ended
            return 0;
        }
    }
}
