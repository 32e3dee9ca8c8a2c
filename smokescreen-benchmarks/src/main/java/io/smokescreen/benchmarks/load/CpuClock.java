package io.smokescreen.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** User and system time of a process with all its threads, from {@code /proc/PID/stat}: fair on a shared machine. */
final class CpuClock {

    /** {@code USER_HZ}, which Linux fixes at 100 for what it shows in /proc. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_NAME = 11;

    private CpuClock() {}

    static double seconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // the second field is the command's name in brackets, and may hold blanks and brackets itself
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
        return ticks / TICKS_PER_SECOND;
    }
}
