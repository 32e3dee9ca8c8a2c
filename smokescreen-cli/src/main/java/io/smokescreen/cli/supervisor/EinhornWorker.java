package io.smokescreen.cli.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.SmokescreenException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of Einhorn (github.com/contribsys/einhorn). Einhorn binds the socket, starts workers that share it, and replaces
 * them: it starts a new one, waits for its acknowledgement and sends the old one SIGUSR2.
 *
 * <p>A message is a YAML document on one line, in which per cent signs and line breaks are percent-encoded; an
 * acknowledgement has neither, and is answered by nothing. It is written in the flow style, so that it is JSON too.
 */
final class EinhornWorker implements Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(EinhornWorker.class);

    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(5);

    private final int descriptor;
    private final String commandSocket;
    private final long pid;
    private boolean acknowledged;

    private EinhornWorker(int descriptor, String commandSocket, long pid) {
        this.descriptor = descriptor;
        this.commandSocket = commandSocket;
        this.pid = pid;
    }

    /** A process that a worker starts inherits the variables, but is no worker: Einhorn is not its parent. */
    static Optional<Supervisor> detect(Variables variables, ProcessHandle self) {
        if (variables.text("EINHORN_MASTER_PID").isEmpty()) {
            return Optional.empty();
        }
        long master = variables.number("EINHORN_MASTER_PID").orElseThrow();
        Optional<Long> parent = self.parent().map(ProcessHandle::pid);
        if (!parent.equals(Optional.of(master))) {
            LOG.warn(
                    "EINHORN_MASTER_PID is {}, but the parent of this process is {}: it does not run as Einhorn's worker"
                            + " (a script in between must start it with exec)",
                    master,
                    parent.map(String::valueOf).orElse("unknown"));
            return Optional.empty();
        }
        String socket = variables
                .text("EINHORN_SOCK_PATH")
                .orElseThrow(() -> new ConfigurationException(
                        "EINHORN_SOCK_PATH is missing (expected the path of Einhorn's command socket)"));
        return Optional.of(new EinhornWorker(variables.descriptor("EINHORN_FD_0"), socket, self.pid()));
    }

    @Override
    public Optional<InheritedListener> listener() {
        return Optional.of(new InheritedListener(descriptor, "einhorn, descriptor " + descriptor));
    }

    /** Acknowledges, the first time. */
    @Override
    public void ready(String status) {
        if (acknowledged) {
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> acknowledge(channel))
                    .orTimeout(ACKNOWLEDGE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            sent.join(); // leaving the block closes the channel, and that ends a connect or write that still waits
        } catch (IOException | CompletionException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            throw new SmokescreenException(
                    "cannot acknowledge to Einhorn on EINHORN_SOCK_PATH '" + commandSocket + "': " + cause, cause);
        }
        acknowledged = true;
    }

    private void acknowledge(SocketChannel channel) {
        try {
            channel.connect(UnixDomainSocketAddress.of(commandSocket));
            ByteBuffer message = UTF_8.encode("{\"command\": \"worker:ack\", \"pid\": " + pid + "}\n");
            while (message.hasRemaining()) {
                channel.write(message);
            }
        } catch (IOException | InvalidPathException e) {
            throw new CompletionException(e);
        }
    }

    /** Einhorn has no word for it. */
    @Override
    public void reloading() {}

    /** Einhorn knows: it sent the signal, or it will see the process end. */
    @Override
    public void stopping() {}

    @Override
    public void close() {}
}
