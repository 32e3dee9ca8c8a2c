package io.smokescreen.cli.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears, on the real kind of socket. */
@Timeout(60)
class SystemdServiceTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void loadNativePart() {
        Epoll.ensureAvailability();
    }

    @Test
    void messages_areThoseOfNotifyReload() throws IOException {
        String path = folder.resolve("notify").toString();
        try (Receiver systemd = new Receiver(path);
                Supervisor service = service(Map.of("NOTIFY_SOCKET", path))) {
            service.ready("listening on\n127.0.0.1:4750");
            assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=listening on 127.0.0.1:4750");

            long before = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
            service.reloading();
            assertThat(systemd.next()).satisfies(message -> {
                assertThat(message).startsWith("RELOADING=1\nMONOTONIC_USEC=");
                assertThat(Long.parseLong(message.substring(message.lastIndexOf('=') + 1)))
                        .isBetween(before, TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
            });
            service.ready("reloaded");
            assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=reloaded");

            service.stopping();
            assertThat(systemd.next()).isEqualTo("STOPPING=1\nSTATUS=draining");
        }
    }

    @Test
    void ready_onAnAbstractSocket_arrives() throws IOException {
        String name = "smokescreen-test-" + UUID.randomUUID();
        try (Receiver systemd = new Receiver("\0" + name);
                Supervisor service = service(Map.of("NOTIFY_SOCKET", "@" + name))) {
            service.ready("listening");

            assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=listening");
        }
    }

    @Test
    void watchdog_isFedFromReadyOn() throws IOException {
        String path = folder.resolve("notify").toString();
        try (Receiver systemd = new Receiver(path);
                Supervisor service = service(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "20000"))) {
            service.ready("listening");
            assertThat(systemd.next()).startsWith("READY=1");
            for (int i = 0; i < 5; i++) {
                assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
            }
        }
    }

    @Test
    void watchdog_thatNobodyReads_leavesNothingBehind() throws Exception {
        String path = folder.resolve("notify").toString();
        try (Receiver systemd = new Receiver(path)) {
            try (Supervisor service = service(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "2000"))) {
                service.ready("listening");
                Thread.sleep(500); // more messages than the socket's queue holds
            }
            assertThat(systemd.next()).startsWith("READY=1");
            assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void watchdog_ofAnotherProcess_isNotFed() throws IOException {
        String path = folder.resolve("notify").toString();
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "20000", "WATCHDOG_PID", "1");
        try (Receiver systemd = new Receiver(path);
                Supervisor service = service(environment)) {
            service.ready("listening");
            service.stopping();

            assertThat(systemd.next()).startsWith("READY=1");
            assertThat(systemd.next()).startsWith("STOPPING=1");
        }
    }

    @Test
    void messages_thatNobodyReceives_areNoError() {
        try (Supervisor service =
                service(Map.of("NOTIFY_SOCKET", folder.resolve("none").toString()))) {
            service.ready("listening");
            service.stopping();
        }
    }

    private static Supervisor service(Map<String, String> environment) {
        return Supervisor.detect(environment, ProcessHandle.current());
    }

    /** Java has no Unix datagram sockets, Netty's native part does. */
    private static final class Receiver implements AutoCloseable {

        private final Socket socket = Socket.newSocketDomainDgram();

        Receiver(String name) throws IOException {
            socket.bind(new DomainSocketAddress(name));
        }

        String next() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
            int length = await().atMost(20, TimeUnit.SECONDS).until(() -> read(buffer), count -> count > 0);
            return UTF_8.decode(buffer.limit(length)).toString();
        }

        private int read(ByteBuffer buffer) {
            try {
                return socket.read(buffer, 0, buffer.capacity());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
