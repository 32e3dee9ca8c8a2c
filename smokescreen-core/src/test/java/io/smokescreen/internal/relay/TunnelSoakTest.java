package io.smokescreen.internal.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.Transport;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestProxy;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A gigabyte on each transport, in chunks of every size, both ways at once, through 16 tunnels at a time that end in
 * every order. {@code -Dsoak.seed=…} repeats a run; {@code -Dsoak.megabytes=…} makes it longer.
 */
class TunnelSoakTest {

    private static final int CONCURRENT = 16;
    private static final int ROUNDS = 4;
    private static final long MEGABYTES = Long.getLong("soak.megabytes", 1_024);
    private static final long MEAN_BYTES = (MEGABYTES << 20) / 2 / CONCURRENT / ROUNDS;
    private static final int MAX_CHUNK = 64 * 1024;
    private static final byte[] RANDOM = random();

    private static final List<End> ENDS = List.of(End.values());

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> checksums = new ConcurrentHashMap<>();

    /** Who sends FIN when. */
    private enum End {
        CLIENT_HAS_ALL_THEN_CLOSES,
        ORIGIN_HAS_ALL_THEN_CLOSES,
        EACH_ENDS_WHEN_DONE,
        CLIENT_ENDS_THEN_ORIGIN_ANSWERS
    }

    /** What one tunnel does; both sides make it from its seed. */
    private record Plan(long seed, End end, long toOrigin, long toClient) {

        static Plan of(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            return new Plan(
                    seed,
                    ENDS.get(random.nextInt(ENDS.size())),
                    random.nextLong(MEAN_BYTES * 2),
                    random.nextLong(MEAN_BYTES * 2));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void everythingArrives_andIsCounted(Transport transport) throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        try (TunnelFixture tunnels = TunnelFixture.start(transport, this::serve)) {
            SplittableRandom seeds = new SplittableRandom(seed);
            List<Future<List<Plan>>> clients = new ArrayList<>();
            for (int i = 0; i < CONCURRENT; i++) {
                long first = seeds.nextLong();
                clients.add(threads.submit(() -> roundsOf(tunnels, first)));
            }
            Map<String, Plan> plans = new HashMap<>();
            for (Future<List<Plan>> client : clients) {
                client.get(2, TimeUnit.MINUTES).forEach(plan -> plans.put(name(plan.seed()), plan));
            }

            List<Map<String, Object>> closes = tunnels.awaitCloses(CONCURRENT * ROUNDS);
            for (Map<String, Object> close : closes) {
                String host = String.valueOf(close.get("requested_host"));
                Plan plan = requireNonNull(plans.remove(host.substring(0, host.indexOf(':'))), host);
                assertThat(close)
                        .containsEntry("bytes_in", plan.toClient())
                        .containsEntry("bytes_out", Long.BYTES + plan.toOrigin())
                        .containsEntry("error", "");
            }
            assertThat(tunnels.origin().failures()).isEmpty();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("repeat it with -Dsoak.seed=" + seed, e);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Plan> roundsOf(TunnelFixture tunnels, long firstSeed) throws Exception {
        SplittableRandom seeds = new SplittableRandom(firstSeed);
        List<Plan> plans = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            Plan plan = Plan.of(seeds.nextLong());
            plans.add(plan);
            String name = name(plan.seed());
            tunnels.proxy().dns().answer(name, TestProxy.OPEN_ADDRESS);
            try (RawClient client = tunnels.proxy().connect().send(tunnels.connect(name))) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                client.send(ByteBuffer.allocate(Long.BYTES).putLong(plan.seed()).array());
                use(client.socket(), plan, true);
            }
        }
        return plans;
    }

    private void serve(Socket connection) throws Exception {
        long seed = new DataInputStream(connection.getInputStream()).readLong();
        use(connection, Plan.of(seed), false);
    }

    private void use(Socket socket, Plan plan, boolean isClient) throws Exception {
        long outgoing = isClient ? plan.toOrigin() : plan.toClient();
        long incoming = isClient ? plan.toClient() : plan.toOrigin();
        boolean closesFirst =
                plan.end() == (isClient ? End.CLIENT_HAS_ALL_THEN_CLOSES : End.ORIGIN_HAS_ALL_THEN_CLOSES);
        boolean endsOutput = plan.end() == End.EACH_ENDS_WHEN_DONE || plan.end() == End.CLIENT_ENDS_THEN_ORIGIN_ANSWERS;
        boolean answersAfterwards = !isClient && plan.end() == End.CLIENT_ENDS_THEN_ORIGIN_ANSWERS;
        Callable<String> sending = () -> {
            String sent = send(socket.getOutputStream(), plan.seed() + (isClient ? 0 : 1), outgoing);
            if (endsOutput) {
                socket.shutdownOutput();
            }
            return sent;
        };

        String received;
        String sent;
        if (answersAfterwards) {
            received = receive(socket.getInputStream(), incoming, true);
            sent = sending.call();
        } else {
            Future<String> sender = threads.submit(sending);
            received = receive(socket.getInputStream(), incoming, !closesFirst);
            sent = sender.get(1, TimeUnit.MINUTES);
        }
        compare(plan, isClient ? "to client" : "to origin", received);
        compare(plan, isClient ? "to origin" : "to client", sent);
    }

    /** The first to know a direction's checksum, its sender or its receiver, leaves it for the other. */
    private void compare(Plan plan, String direction, String checksum) {
        String other = checksums.putIfAbsent(plan.seed() + direction, checksum);
        if (other != null) {
            assertThat(checksum).as("%s %s", plan, direction).isEqualTo(other);
        }
    }

    private static String send(OutputStream out, long seed, long count) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        CRC32C crc = new CRC32C();
        for (long left = count; left > 0; ) {
            int most = random.nextInt(8) == 0 ? 16 : MAX_CHUNK;
            int length = (int) Math.min(left, 1 + random.nextInt(most));
            int from = random.nextInt(RANDOM.length - length);
            crc.update(RANDOM, from, length);
            out.write(RANDOM, from, length);
            left -= length;
        }
        return count + " bytes " + crc.getValue();
    }

    private static String receive(InputStream in, long count, boolean untilEnd) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] chunk = new byte[MAX_CHUNK];
        long received = 0;
        while (untilEnd || received < count) {
            int length = in.read(chunk);
            if (length < 0) {
                break;
            }
            crc.update(chunk, 0, length);
            received += length;
        }
        return received + " bytes " + crc.getValue();
    }

    private static String name(long seed) {
        return "t" + Long.toHexString(seed) + ".allowed.test";
    }

    private static byte[] random() {
        byte[] bytes = new byte[1 << 20];
        new SplittableRandom(1).nextBytes(bytes);
        return bytes;
    }
}
