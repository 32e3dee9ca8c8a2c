package io.smokescreen.benchmarks;

import io.smokescreen.AddressRules;
import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long one verdict takes against many rules. Half of the addresses are in a rule. Target: at most 150 ns at every size,
 * no allocation (IPv6: the 32 bytes that {@link InetAddress#getAddress()} copies).
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class AddressClassificationBenchmark {

    private static final int ADDRESSES = 1 << 14;
    private static final int HTTPS = 443;

    /** The number of rules of one's own, half of them IPv4. */
    @Param({"10", "1000", "100000"})
    public int ranges;

    private AddressFilter filter = AddressFilter.denyAll();
    private final InetAddress[] ipv4 = new InetAddress[ADDRESSES];
    private final InetAddress[] ipv6 = new InetAddress[ADDRESSES];
    private int next;

    /** Makes rules and addresses, the same in each run. */
    @Setup
    public void setUp() throws UnknownHostException {
        Random random = new Random(42);
        AddressRules.Builder rules = AddressRules.builder();
        byte[][] v4 = new byte[Math.max(1, ranges / 2)][];
        byte[][] v6 = new byte[v4.length][];
        for (int i = 0; i < v4.length; i++) {
            v4[i] = v4(random);
            v6[i] = v6(random);
            String ipv4Range = InetAddress.getByAddress(v4[i]).getHostAddress() + "/" + (20 + random.nextInt(13));
            String ipv6Range = InetAddress.getByAddress(v6[i]).getHostAddress() + "/" + (40 + random.nextInt(25));
            if (i % 2 == 0) {
                rules.allowRange(ipv4Range).allowRange(ipv6Range);
            } else {
                rules.denyRange(ipv4Range).denyRange(ipv6Range);
            }
        }
        filter = rules.build().toFilter();
        for (int i = 0; i < ADDRESSES; i++) {
            boolean hit = i % 2 == 0;
            ipv4[i] = InetAddress.getByAddress(hit ? v4[random.nextInt(v4.length)] : v4(random));
            ipv6[i] = InetAddress.getByAddress(hit ? v6[random.nextInt(v6.length)] : v6(random));
        }
    }

    /** One IPv4 verdict. */
    @Benchmark
    public AddressVerdict ipv4() throws Exception {
        return filter.check(ipv4[next++ & (ADDRESSES - 1)], HTTPS);
    }

    /** One IPv6 verdict. */
    @Benchmark
    public AddressVerdict ipv6() throws Exception {
        return filter.check(ipv6[next++ & (ADDRESSES - 1)], HTTPS);
    }

    private static byte[] v4(Random random) {
        byte[] bytes = new byte[4];
        random.nextBytes(bytes);
        return bytes;
    }

    /** An address in 2400::/8, where most ordinary addresses are. */
    private static byte[] v6(Random random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        bytes[0] = 0x24;
        return bytes;
    }
}
