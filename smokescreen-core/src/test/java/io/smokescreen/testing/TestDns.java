package io.smokescreen.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A DNS server on 127.0.0.1, UDP and TCP on the same port, that answers as it is told. It is meant for hostile answers too:
 * what {@link DnsMessage} can build, it sends.
 *
 * <pre>{@code
 * try (TestDns dns = TestDns.start()) {
 *     dns.answer("a.test", "127.0.0.2", "127.0.0.3");
 *     dns.script("slow.test", query -> TestDns.after(600, TestDns.addresses(query, 60, "127.0.0.2")));
 *     dns.address(); // the server to ask
 * }
 * }</pre>
 *
 * <p>Names nobody scripted do not exist (NXDOMAIN), unless {@link #answerAll} was called.
 */
public final class TestDns implements AutoCloseable {

    /** Decides what is sent back for a query. */
    @FunctionalInterface
    public interface Script {

        /** Returns what is sent; empty to say nothing. */
        List<Send> on(Query query);
    }

    /**
     * A question that arrived.
     *
     * @param name lower case, without the last dot
     * @param type the record type, 1 for A, 28 for AAAA
     * @param id the message id
     * @param tcp whether it came over TCP
     * @param source where from
     * @param bytes the message
     */
    @SuppressWarnings("ArrayRecordComponent") // read-only by convention, in tests
    public record Query(String name, int type, int id, boolean tcp, InetSocketAddress source, byte[] bytes) {

        /** Returns a response to this query, without records yet. */
        public DnsMessage reply() {
            return DnsMessage.replyTo(this);
        }
    }

    /**
     * A message to send.
     *
     * @param delay how long to wait before
     * @param fromOtherPort whether to send it from another port than the server's
     * @param bytes the message
     */
    @SuppressWarnings("ArrayRecordComponent") // read-only by convention, in tests
    public record Send(Duration delay, boolean fromOtherPort, byte[] bytes) {}

    private static final Script UNKNOWN = query -> now(query.reply().code(DnsMessage.NXDOMAIN));
    private static final int A = 1;
    private static final int AAAA = 28;

    private final DatagramSocket udp;
    private final DatagramSocket otherUdp;
    private final ServerSocket tcp;
    private final ScheduledExecutorService delayed = Executors.newSingleThreadScheduledExecutor(TestDns::daemon);
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Queue<Query> queries = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> connections = new ConcurrentLinkedDeque<>();
    private volatile Script otherwise = UNKNOWN;

    private TestDns() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        this.tcp = new ServerSocket(0, 50, loopback);
        this.udp = new DatagramSocket(tcp.getLocalPort(), loopback);
        this.otherUdp = new DatagramSocket(0, loopback);
        daemon(this::serveUdp).start();
        daemon(this::acceptTcp).start();
    }

    /** Starts a server on a free port. */
    public static TestDns start() {
        IOException last = new IOException();
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                return new TestDns();
            } catch (IOException e) { // the UDP port of that number is taken
                last = e;
            }
        }
        throw new UncheckedIOException(last);
    }

    /** Returns where to ask. */
    public InetSocketAddress address() {
        return (InetSocketAddress) udp.getLocalSocketAddress();
    }

    /** Lets a name have these addresses, for a minute. */
    public TestDns answer(String name, String... ips) {
        return script(name, query -> now(addresses(query, 60, ips)));
    }

    /** Lets a name have these addresses, for so many seconds. */
    public TestDns answerFor(int ttlSeconds, String name, String... ips) {
        return script(name, query -> now(addresses(query, ttlSeconds, ips)));
    }

    /** Lets every name that is not scripted have these addresses, for a minute. */
    public TestDns answerAll(String... ips) {
        otherwise = query -> now(addresses(query, 60, ips));
        return this;
    }

    /** Answers for every name that is not scripted as the script says. */
    public TestDns scriptAll(Script script) {
        otherwise = script;
        return this;
    }

    /** Lets a name be an alias; the answer holds nothing else. */
    public TestDns alias(String name, String target) {
        return script(name, query -> now(query.reply().cname(name, 60, target)));
    }

    /** Never answers for a name. */
    public TestDns drop(String name) {
        return script(name, query -> List.of());
    }

    /** Answers for a name with a response code, such as {@link DnsMessage#SERVFAIL}. */
    public TestDns fail(String name, int code) {
        return script(name, query -> now(query.reply().code(code)));
    }

    /** Answers for a name as the script says. */
    public TestDns script(String name, Script script) {
        scripts.put(name, script);
        return this;
    }

    /** Returns the addresses of the query's type among these. */
    public static DnsMessage addresses(Query query, int ttlSeconds, String... ips) {
        DnsMessage reply = query.reply();
        for (String ip : ips) {
            int type = ip.indexOf(':') >= 0 ? AAAA : A;
            if (type == query.type()) {
                reply.address(query.name(), ttlSeconds, ip);
            }
        }
        return reply;
    }

    /** Sends a message at once. */
    public static List<Send> now(DnsMessage message) {
        return List.of(new Send(Duration.ZERO, false, message.bytes()));
    }

    /** Sends a message after so many milliseconds. */
    public static List<Send> after(int millis, DnsMessage message) {
        return List.of(new Send(Duration.ofMillis(millis), false, message.bytes()));
    }

    /** Sends bytes at once. */
    public static List<Send> raw(byte[] bytes) {
        return List.of(new Send(Duration.ZERO, false, bytes));
    }

    /** Returns the queries that have arrived. */
    public List<Query> queries() {
        return List.copyOf(queries);
    }

    /** Returns how many queries for a name have arrived, of all types. */
    public int count(String name) {
        return (int) queries.stream().filter(query -> query.name().equals(name)).count();
    }

    @Override
    public void close() {
        delayed.shutdownNow();
        udp.close();
        otherUdp.close();
        closeQuietly(tcp);
        connections.forEach(TestDns::closeQuietly);
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
            } catch (IOException e) { // closed
                return;
            }
            byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
            InetSocketAddress source = (InetSocketAddress) packet.getSocketAddress();
            for (Send send : react(bytes, source, false)) {
                DatagramSocket from = send.fromOtherPort() ? otherUdp : udp;
                later(send, () -> from.send(new DatagramPacket(send.bytes(), send.bytes().length, source)));
            }
        }
    }

    private void acceptTcp() {
        while (!tcp.isClosed()) {
            try {
                Socket connection = tcp.accept();
                connections.add(connection);
                daemon(() -> serveTcp(connection)).start();
            } catch (IOException e) { // closed
                return;
            }
        }
    }

    private void serveTcp(Socket connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            while (true) {
                byte[] bytes = new byte[in.readUnsignedShort()];
                in.readFully(bytes);
                for (Send send : react(bytes, (InetSocketAddress) connection.getRemoteSocketAddress(), true)) {
                    later(send, () -> out.write(DnsMessage.withLength(send.bytes())));
                }
            }
        } catch (EOFException e) {
            return;
        } catch (IOException e) { // the client went away, or the test is over
            return;
        }
    }

    private List<Send> react(byte[] bytes, InetSocketAddress source, boolean overTcp) {
        Query query = DnsMessage.parseQuery(bytes, source, overTcp);
        queries.add(query);
        return scripts.getOrDefault(query.name(), otherwise).on(query);
    }

    private void later(Send send, IoAction action) {
        Runnable task = () -> {
            try {
                action.run();
            } catch (IOException e) { // the client went away
                return;
            }
        };
        if (send.delay().isZero()) {
            task.run();
            return;
        }
        try {
            var unused = delayed.schedule(task, send.delay().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) { // closed
            return;
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "test-dns");
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @FunctionalInterface
    private interface IoAction {
        void run() throws IOException;
    }
}
