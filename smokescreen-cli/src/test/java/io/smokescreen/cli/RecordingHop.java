package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.smokescreen.testing.TestOrigin;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A proxy on loopback that keeps the head of each request and answers as if it were the destination; CONNECT with a tunnel to nobody. */
final class RecordingHop implements AutoCloseable {

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhop";
    private static final String TUNNEL = "HTTP/1.1 200 OK\r\n\r\n";

    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final TestOrigin listener;

    private RecordingHop(UnaryOperator<TestOrigin.Behaviour> spoken) {
        this.listener = TestOrigin.startOn("127.0.0.3", spoken.apply(this::answer));
    }

    static RecordingHop start() {
        return start(UnaryOperator.identity());
    }

    /**
     * {@return one that is spoken to in another way}
     *
     * @param spoken for example {@code TestTls::then}
     */
    static RecordingHop start(UnaryOperator<TestOrigin.Behaviour> spoken) {
        return new RecordingHop(spoken);
    }

    /** {@return its address, as it stands in a URL} */
    String address() {
        return "127.0.0.3:" + listener.port();
    }

    /** {@return the heads so far} */
    List<String> heads() {
        return List.copyOf(heads);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void answer(Socket connection) throws IOException {
        String head = TestOrigin.readHead(connection.getInputStream());
        if (head.isEmpty()) {
            return;
        }
        heads.add(head);
        String answer = head.startsWith("CONNECT ") ? TUNNEL : ANSWER;
        connection.getOutputStream().write(answer.getBytes(US_ASCII));
    }
}
