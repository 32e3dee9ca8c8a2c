package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An origin on {@link TestProxy#OPEN_ADDRESS} that keeps everything it receives, with a canary on 127.0.0.1 at the same
 * port, which nothing may ever reach. What begins as an HTTP request is answered as one; everything else is sent back.
 */
public final class RecordingOrigin implements AutoCloseable {

    private static final int ATTEMPTS = 50;
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final TestOrigin origin;
    private final TestOrigin canary;
    private final List<Visit> visits = new CopyOnWriteArrayList<>();

    /** What came on one connection. */
    public static final class Visit {

        private volatile String received = "";
        private final List<String> requests = new CopyOnWriteArrayList<>();

        /** {@return every byte so far, as ISO-8859-1} */
        public String received() {
            return received;
        }

        /** {@return the heads of the requests that were complete} */
        public List<String> requests() {
            return List.copyOf(requests);
        }
    }

    private RecordingOrigin() throws IOException {
        this.origin = TestOrigin.start(this::serve);
        try {
            this.canary = TestOrigin.startOn("127.0.0.1", origin.port(), Socket::close);
        } catch (IOException e) {
            origin.close();
            throw e;
        }
    }

    public static RecordingOrigin start() {
        IOException last = new IOException();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RecordingOrigin();
            } catch (IOException e) { // the canary's port is taken
                last = e;
            }
        }
        throw new UncheckedIOException(last);
    }

    public int port() {
        return origin.port();
    }

    /** {@return the connections so far, in order} */
    public List<Visit> visits() {
        return List.copyOf(visits);
    }

    public void assertCanaryUntouched() {
        assertThat(canary.accepted()).as("connections to the canary").isZero();
    }

    @Override
    public void close() throws IOException {
        origin.close();
        canary.close();
    }

    private void serve(Socket connection) throws IOException {
        Visit visit = new Visit();
        visits.add(visit);
        InputStream in = connection.getInputStream();
        OutputStream out = connection.getOutputStream();
        byte[] buffer = new byte[8_192];
        int handled = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            String text = visit.received() + new String(buffer, 0, count, ISO_8859_1);
            visit.received = text;
            if (!text.matches("(?s)[A-Z]{3,10} .*")) {
                out.write(buffer, 0, count);
                continue;
            }
            for (int end = endOfRequest(text, handled); end > 0; end = endOfRequest(text, handled)) {
                visit.requests.add(text.substring(handled, text.indexOf("\r\n\r\n", handled) + 4));
                handled = end;
                out.write(ANSWER.getBytes(ISO_8859_1));
            }
        }
    }

    /** {@return where the request that starts there ends, 0 if it is not complete} */
    private static int endOfRequest(String text, int start) {
        int headEnd = text.indexOf("\r\n\r\n", start);
        if (headEnd < 0) {
            return 0;
        }
        String head = text.substring(start, headEnd);
        int bodyStart = headEnd + 4;
        if (head.matches("(?is).*\r\ntransfer-encoding: chunked.*")) {
            int last = text.indexOf("\r\n0\r\n", bodyStart);
            int end = last < 0 ? -1 : text.indexOf("\r\n\r\n", last);
            return end < 0 ? 0 : end + 4;
        }
        String length = head.replaceAll("(?is).*\r\ncontent-length: ([0-9]+).*", "$1");
        int end = bodyStart + (length.equals(head) ? 0 : Integer.parseInt(length));
        return end <= text.length() ? end : 0;
    }
}
