package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;

/** A TCP server that does to each connection what the test says, on a thread of its own. */
public final class TestOrigin implements AutoCloseable {

    /**
     * Below the ports that the kernel gives to those who ask for any (32768 and up): a proxy that happened to listen on the
     * port of its origin would refuse it as itself.
     */
    private static final int FIRST_PORT = 10_000;

    private static final int LAST_PORT = 30_000;

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Behaviour behaviour;

    /** What is done with one connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Socket connection) throws Exception;
    }

    private TestOrigin(String ip, int port, Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.listening = new ServerSocket();
        listening.bind(new InetSocketAddress(InetAddress.getByName(ip), port), 1_024);
        threads.execute(this::accept);
    }

    /** {@return a server on {@link TestProxy#OPEN_ADDRESS}} */
    public static TestOrigin start(Behaviour behaviour) {
        return startOn(TestProxy.OPEN_ADDRESS, behaviour);
    }

    /** {@return a server on that loopback address, for example one that must never be reached} */
    public static TestOrigin startOn(String ip, Behaviour behaviour) {
        IOException last = new IOException();
        for (int attempt = 0; attempt < 50; attempt++) {
            try {
                int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
                return new TestOrigin(ip, port, behaviour);
            } catch (IOException e) { // taken
                last = e;
            }
        }
        throw new UncheckedIOException(last);
    }

    /**
     * {@return a server on that loopback address and port}
     *
     * @throws IOException if the port is taken
     */
    public static TestOrigin startOn(String ip, int port, Behaviour behaviour) throws IOException {
        return new TestOrigin(ip, port, behaviour);
    }

    /** Sends everything back until FIN. */
    public static void echo(Socket connection) throws IOException {
        connection.getInputStream().transferTo(connection.getOutputStream());
        connection.shutdownOutput();
    }

    /** {@return a behaviour that reads one request head and answers with these bytes, text as ISO-8859-1} */
    public static Behaviour answering(String response) {
        return connection -> {
            readHead(connection.getInputStream());
            connection.getOutputStream().write(response.getBytes(ISO_8859_1));
        };
    }

    /** {@return what comes up to and including the next empty line; the empty string at the end} */
    public static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** {@return how many connections were accepted} */
    public int accepted() {
        return connections.size();
    }

    /** {@return what behaviours threw} */
    public Queue<Throwable> failures() {
        return failures;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException e) {
                return; // closed by the test
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            behaviour.serve(connection);
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }
}
