package io.smokescreen.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs one row against one contender for a while. */
final class Load {

    /** Enough for minutes at full speed; what comes after is counted and not timed. */
    private static final int MOST_LATENCIES = 200_000;

    private Load() {}

    /**
     * What came out.
     *
     * @param runs how many runs were completed
     * @param cpuSeconds what the contender's process used meanwhile
     * @param p99Micros the 99th percentile of the time a run took
     */
    record Result(long runs, double cpuSeconds, double p99Micros) {}

    static Result run(Work work, Contender contender, String target, Duration duration)
            throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(work.clients);
        try {
            double cpuBefore = CpuClock.seconds(contender.pid());
            long end = System.nanoTime() + duration.toNanos();
            List<Future<long[]>> clients = new ArrayList<>();
            for (int i = 0; i < work.clients; i++) {
                clients.add(threads.submit(() -> runUntil(end, work, contender, target)));
            }
            long runs = 0;
            List<long[]> latencies = new ArrayList<>();
            for (Future<long[]> client : clients) {
                long[] outcome = await(client, work, contender);
                runs += outcome[0];
                latencies.add(Arrays.copyOfRange(outcome, 1, outcome.length));
            }
            double cpu = CpuClock.seconds(contender.pid()) - cpuBefore;
            return new Result(runs, cpu, p99(latencies));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns the number of runs, then how many nanoseconds each took. */
    private static long[] runUntil(long end, Work work, Contender contender, String target) throws IOException {
        long[] outcome = new long[1024];
        int runs = 0;
        try (Work.Client client = work.client(contender, target)) {
            long start = System.nanoTime();
            do {
                client.run();
                long now = System.nanoTime();
                runs++;
                if (runs == outcome.length && runs < MOST_LATENCIES) {
                    outcome = Arrays.copyOf(outcome, runs * 2);
                }
                if (runs < outcome.length) {
                    outcome[runs] = now - start;
                }
                start = now;
            } while (start < end);
        }
        outcome[0] = runs;
        return Arrays.copyOf(outcome, Math.min(runs + 1, outcome.length));
    }

    private static long[] await(Future<long[]> client, Work work, Contender contender)
            throws IOException, InterruptedException {
        try {
            return client.get();
        } catch (ExecutionException e) {
            throw new IOException(contender.name() + ", " + work.title + ": " + e.getCause(), e.getCause());
        }
    }

    private static double p99(List<long[]> latencies) {
        long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return all[(int) (all.length * 0.99)] / 1_000.0;
    }
}
