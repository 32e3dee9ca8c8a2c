package io.smokescreen.cli.supervisor;

import io.smokescreen.api.ConfigurationException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service of systemd: socket activation (sd_listen_fds(3)), notification (sd_notify(3), so that {@code Type=notify} and
 * {@code Type=notify-reload} work) and the watchdog, each if systemd asks for it. With none of them this is a process that
 * nobody supervises.
 */
final class SystemdService implements Supervisor {

    /** Which of several sockets is ours: {@code FileDescriptorName=smokescreen}. */
    static final String SOCKET_NAME = "smokescreen";

    private static final Logger LOG = LoggerFactory.getLogger(SystemdService.class);

    private static final int FIRST_DESCRIPTOR = 3;
    private static final int MAX_SOCKETS = 1_000;

    private final Optional<InheritedListener> listener;
    private final @Nullable NotifySocket notify;
    private final @Nullable Duration watchdog;
    private boolean watched;

    private SystemdService(
            Optional<InheritedListener> listener, @Nullable NotifySocket notify, @Nullable Duration watchdog) {
        this.listener = listener;
        this.notify = notify;
        this.watchdog = watchdog;
    }

    static Supervisor detect(Variables variables, ProcessHandle self) {
        Optional<InheritedListener> listener = listener(variables, self);
        Duration watchdog = watchdog(variables, self);
        return new SystemdService(
                listener, variables.text("NOTIFY_SOCKET").map(NotifySocket::new).orElse(null), watchdog);
    }

    private static Optional<InheritedListener> listener(Variables variables, ProcessHandle self) {
        OptionalLong pid = variables.number("LISTEN_PID");
        long count = variables.number("LISTEN_FDS").orElse(0);
        if (pid.isEmpty() || count == 0) {
            return Optional.empty();
        }
        if (pid.getAsLong() != self.pid()) {
            LOG.warn(
                    "LISTEN_PID is {}, but this process is {}: it does not listen on the sockets of systemd (a script in"
                            + " between must start it with exec)",
                    pid.getAsLong(),
                    self.pid());
            return Optional.empty();
        }
        if (count > MAX_SOCKETS) {
            throw new ConfigurationException("LISTEN_FDS: " + count + " sockets (expected one)");
        }
        List<String> names = variables
                .text("LISTEN_FDNAMES")
                .map(text -> Arrays.asList(text.split(":", -1)))
                .orElse(List.of());
        int descriptor = FIRST_DESCRIPTOR + index((int) count, names);
        return Optional.of(new InheritedListener(descriptor, "systemd, descriptor " + descriptor));
    }

    private static int index(int count, List<String> names) {
        if (count == 1) {
            return 0;
        }
        int[] ours = IntStream.range(0, names.size())
                .filter(i -> names.get(i).equals(SOCKET_NAME))
                .toArray();
        if (names.size() != count || ours.length != 1) {
            throw new ConfigurationException("LISTEN_FDS: systemd hands over " + count + " sockets"
                    + (names.isEmpty() ? "" : " (" + String.join(", ", names) + ")")
                    + " (expected one, or one among them with FileDescriptorName=" + SOCKET_NAME + ")");
        }
        return ours[0];
    }

    private static @Nullable Duration watchdog(Variables variables, ProcessHandle self) {
        OptionalLong micros = variables.number("WATCHDOG_USEC");
        boolean ours = variables.number("WATCHDOG_PID").orElse(self.pid()) == self.pid();
        return micros.orElse(0) > 0 && ours ? Duration.of(micros.getAsLong(), ChronoUnit.MICROS) : null;
    }

    @Override
    public Optional<InheritedListener> listener() {
        return listener;
    }

    @Override
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status.replaceAll("\\R", " "));
        if (notify != null && watchdog != null && !watched) {
            watched = true;
            notify.repeat("WATCHDOG=1", watchdog.dividedBy(2)); // sd_watchdog_enabled(3): every half of the time
        }
    }

    /** {@code Type=notify-reload} wants to know when: {@code System.nanoTime()} is CLOCK_MONOTONIC on Linux. */
    @Override
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    @Override
    public void stopping() {
        send("STOPPING=1\nSTATUS=draining");
    }

    private void send(String message) {
        if (notify != null) {
            notify.send(message);
        }
    }

    @Override
    public void close() {
        if (notify != null) {
            notify.close();
        }
    }
}
