package io.smokescreen.benchmarks.load;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Measures the CPU time of a running proxy per unit of work, alternating with a comparator (A B A B …), so that the
 * figures hold on a shared machine. Compare only figures of one run.
 *
 * <pre>
 * LoadTest backend --port 9000
 * LoadTest --target 127.0.0.1:9000 --proxy 127.0.0.1:4750 --pid 4711 \
 *          --b-proxy 127.0.0.1:5000 --b-http 127.0.0.1:5001 --b-pid 4712 --b-mode relay
 * </pre>
 */
public final class LoadTest {

    private final Options options;
    private final PrintStream out;

    LoadTest(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Runs the backend or the load.
     *
     * @param args see {@link Options#USAGE}
     * @throws Exception if a contender answers other than expected
     */
    public static void main(String[] args) throws Exception {
        try {
            if (args.length > 0 && args[0].equals("backend")) {
                serve(args);
            } else {
                new LoadTest(Options.parse(args), System.out).run();
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Options.USAGE);
            System.exit(2);
        }
    }

    private static void serve(String[] args) throws IOException, InterruptedException {
        try (Backend backend = Backend.start(Options.backendPort(args))) {
            System.out.println("backend listens on " + backend.address());
            new CountDownLatch(1).await();
        }
    }

    void run() throws IOException, InterruptedException {
        print("%-34s %-14s %10s %10s %7s %12s %12s", "work", "CPU", "A", "B", "A/B", "p99 A us", "p99 B us");
        for (Work work : options.works()) {
            measure(work);
        }
    }

    private void measure(Work work) throws IOException, InterruptedException {
        List<Contender> contenders = options.contenders();
        List<List<Load.Result>> results = new ArrayList<>();
        for (Contender contender : contenders) {
            results.add(new ArrayList<>());
            Load.run(work, contender, options.target(), options.warmUp());
        }
        for (int pair = 0; pair < options.pairs(); pair++) {
            for (int i = 0; i < contenders.size(); i++) {
                results.get(i).add(Load.run(work, contenders.get(i), options.target(), options.sample()));
            }
        }
        printRow(work, results);
    }

    private void printRow(Work work, List<List<Load.Result>> results) {
        List<Load.Result> a = results.get(0);
        double cpuA = cpu(work, a);
        if (results.size() == 1) {
            print("%-34s %-14s %10.2f %10s %7s %12.0f %12s", work.title, work.unit, cpuA, "", "", p99(a), "");
            return;
        }
        List<Load.Result> b = results.get(1);
        double cpuB = cpu(work, b);
        print(
                "%-34s %-14s %10.2f %10.2f %7.2f %12.0f %12.0f",
                work.title, work.unit, cpuA, cpuB, cpuA / cpuB, p99(a), p99(b));
    }

    private static double cpu(Work work, List<Load.Result> results) {
        return median(results.stream()
                .mapToDouble(each -> work.perUnit(each.cpuSeconds(), each.runs()))
                .toArray());
    }

    private static double p99(List<Load.Result> results) {
        return median(results.stream().mapToDouble(Load.Result::p99Micros).toArray());
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
        out.flush();
    }
}
