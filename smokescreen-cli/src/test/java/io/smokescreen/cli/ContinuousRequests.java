package io.smokescreen.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that go on sending requests through a proxy on 127.0.0.1, each over a connection of its own. */
final class ContinuousRequests implements AutoCloseable {

    private static final int CLIENTS = 4;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
    private static final String BODY = "ok";

    private final int port;
    private final ServerSocket origin;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Future<?> serving;
    private final AtomicInteger answered = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    private ContinuousRequests(int port, ServerSocket origin) {
        this.port = port;
        this.origin = origin;
        this.serving = threads.submit(this::serve);
    }

    static ContinuousRequests start(int port) throws IOException {
        ContinuousRequests requests =
                new ContinuousRequests(port, new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < CLIENTS; i++) {
            requests.threads.execute(requests::ask);
        }
        return requests;
    }

    /** Waits until so many more requests have been answered. */
    void awaitMore(int count) {
        int goal = answered.get() + count;
        await().atMost(60, TimeUnit.SECONDS).until(() -> answered.get() >= goal || !failures.isEmpty());
    }

    /** {@return what went wrong} */
    List<String> failures() {
        return failures;
    }

    private void ask() {
        while (!ended) {
            try {
                String answer = request();
                if (answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n" + BODY)) {
                    answered.incrementAndGet();
                } else {
                    failures.add(answer);
                }
            } catch (IOException e) {
                if (!ended) {
                    failures.add(e.toString());
                }
            }
        }
    }

    private String request() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(TIMEOUT_MILLIS);
            String authority = "127.0.0.1:" + origin.getLocalPort();
            client.getOutputStream()
                    .write(("GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(US_ASCII));
            return new String(client.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private void serve() {
        while (!ended) {
            try {
                Socket connection = origin.accept();
                threads.execute(() -> answer(connection));
            } catch (IOException e) {
                if (!ended) {
                    failures.add("origin: " + e);
                }
                return;
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            BufferedReader head = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
            String line = head.readLine();
            while (line != null && !line.isEmpty()) {
                line = head.readLine();
            }
            connection.getOutputStream().write((ANSWER + BODY).getBytes(US_ASCII));
        } catch (IOException e) {
            if (!ended) {
                failures.add("origin: " + e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        origin.close();
        await().until(serving::isDone); // it hands connections to the threads
        threads.shutdownNow();
    }
}
