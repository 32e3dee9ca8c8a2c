package io.smokescreen.cli.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the process itself uses, under the names that every Prometheus client gives it, so that existing dashboards work.
 * Read when Prometheus asks, never else.
 */
final class ProcessMetrics {

    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_KB = 1024;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private ProcessMetrics() {}

    static void register(PrometheusRegistry registry) {
        gauge("process_start_time", "When the process started, in seconds since 1970", Unit.SECONDS)
                .callback(callback ->
                        callback.call(ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND))
                .register(registry);
        gauge("jvm_threads_current", "Threads of the process", null)
                .callback(callback ->
                        callback.call(ManagementFactory.getThreadMXBean().getThreadCount()))
                .register(registry);
        registerMemory(registry);
        registerGarbageCollection(registry);
        if (Files.isReadable(STATUS)) {
            gauge("process_resident_memory", "Resident memory of the process", Unit.BYTES)
                    .callback(callback -> callback.call(residentBytes()))
                    .register(registry);
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            registerSystem(registry, system);
        }
    }

    private static void registerMemory(PrometheusRegistry registry) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        gauge("jvm_memory_used", "Memory that the JVM uses", Unit.BYTES)
                .labelNames("area")
                .callback(callback -> {
                    callback.call((double) memory.getHeapMemoryUsage().getUsed(), "heap");
                    callback.call((double) memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
                })
                .register(registry);
        gauge("jvm_memory_max", "Memory that the JVM may use, -1 where there is no limit", Unit.BYTES)
                .labelNames("area")
                .callback(callback -> {
                    callback.call((double) memory.getHeapMemoryUsage().getMax(), "heap");
                    callback.call((double) memory.getNonHeapMemoryUsage().getMax(), "nonheap");
                })
                .register(registry);
        List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
        gauge("jvm_buffer_pool_used", "Memory of buffers outside of the heap", Unit.BYTES)
                .labelNames("pool")
                .callback(
                        callback -> pools.forEach(pool -> callback.call((double) pool.getMemoryUsed(), pool.getName())))
                .register(registry);
    }

    private static void registerGarbageCollection(PrometheusRegistry registry) {
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        SummaryWithCallback.builder()
                .name("jvm_gc_collection")
                .unit(Unit.SECONDS)
                .help("Time spent in garbage collection")
                .labelNames("gc")
                .callback(callback -> collectors.forEach(each -> callback.call(
                        each.getCollectionCount(),
                        each.getCollectionTime() / MILLIS_PER_SECOND,
                        Quantiles.EMPTY,
                        each.getName())))
                .register(registry);
    }

    private static void registerSystem(PrometheusRegistry registry, UnixOperatingSystemMXBean system) {
        CounterWithCallback.builder()
                .name("process_cpu")
                .unit(Unit.SECONDS)
                .help("CPU time of the process")
                .callback(callback -> callback.call(system.getProcessCpuTime() / NANOS_PER_SECOND))
                .register(registry);
        gauge("process_open_fds", "Open file descriptors", null)
                .callback(callback -> callback.call((double) system.getOpenFileDescriptorCount()))
                .register(registry);
        gauge("process_max_fds", "File descriptors that may be open", null)
                .callback(callback -> callback.call((double) system.getMaxFileDescriptorCount()))
                .register(registry);
    }

    /** The line {@code VmRSS: 123456 kB}, see proc_pid_status(5). */
    private static double residentBytes() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * BYTES_PER_KB)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN; // no descriptor is left, say: then the rest of the scrape matters all the more
        }
    }

    private static GaugeWithCallback.Builder gauge(String name, String help, @Nullable Unit unit) {
        return GaugeWithCallback.builder().name(name).help(help).unit(unit);
    }
}
