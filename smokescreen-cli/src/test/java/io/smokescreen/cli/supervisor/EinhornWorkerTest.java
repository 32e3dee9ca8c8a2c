package io.smokescreen.cli.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.smokescreen.api.SmokescreenException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Einhorn hears; how it is started and replaced is {@code SupervisorProcessTest}'s. */
@Timeout(60)
class EinhornWorkerTest {

    @TempDir
    Path folder;

    @Test
    void ready_acknowledgesOnceInOneLine() throws IOException {
        try (ServerSocketChannel einhorn = listen(10);
                Supervisor worker = worker()) {
            worker.ready("listening");
            worker.reloading();
            worker.ready("reloaded");

            try (SocketChannel connection = einhorn.accept()) {
                assertThat(new String(Channels.newInputStream(connection).readAllBytes(), UTF_8))
                        .isEqualTo("{\"command\": \"worker:ack\", \"pid\": "
                                + ProcessHandle.current().pid() + "}\n");
            }
            einhorn.configureBlocking(false);
            assertThat(einhorn.accept()).isNull();
        }
    }

    @Test
    void ready_withoutEinhornsSocket_isAnError() {
        assertThatExceptionOfType(SmokescreenException.class)
                .isThrownBy(() -> worker().ready("listening"))
                .withMessageStartingWith(
                        "cannot acknowledge to Einhorn on EINHORN_SOCK_PATH '" + folder + "/e.sock': ");
    }

    /** A Unix socket whose queue is full has connect(2) wait for as long as it takes. */
    @Test
    void ready_whileEinhornAcceptsNothing_givesUp() throws IOException {
        try (ServerSocketChannel einhorn = listen(1)) {
            List<SocketChannel> waiting = new ArrayList<>();
            while (waiting.size() < 2) {
                waiting.add(SocketChannel.open(einhorn.getLocalAddress()));
            }

            assertThatExceptionOfType(SmokescreenException.class)
                    .isThrownBy(() -> worker().ready("listening"))
                    .withMessageContaining("TimeoutException");

            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    private ServerSocketChannel listen(int backlog) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return channel.bind(UnixDomainSocketAddress.of(folder.resolve("e.sock")), backlog);
    }

    private Supervisor worker() {
        return Supervisor.detect(
                Map.of(
                        "EINHORN_MASTER_PID",
                        String.valueOf(
                                ProcessHandle.current().parent().orElseThrow().pid()),
                        "EINHORN_SOCK_PATH",
                        folder.resolve("e.sock").toString(),
                        "EINHORN_FD_0",
                        "6"),
                ProcessHandle.current());
    }
}
