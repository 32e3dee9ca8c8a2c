package io.smokescreen.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Lets a client that cannot speak TLS to a proxy, as the JDK's {@code HttpClient}, reach one that asks for it: a plain
 * port on loopback whose connections go on over TLS with one client certificate. In production this is stunnel or a
 * service mesh. Blocking sockets and a thread for each direction: clear, and enough for a handful of connections.
 */
final class TlsSidecar implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final SSLSocketFactory tls;
    private final InetSocketAddress proxy;

    /**
     * Listens on a free port.
     *
     * @param tls trusts the proxy and holds the client's certificate
     * @param proxy where connections go on to
     */
    TlsSidecar(SSLSocketFactory tls, InetSocketAddress proxy) throws IOException {
        this.tls = tls;
        this.proxy = proxy;
        start(this::accept);
    }

    /** {@return where the client finds the proxy} */
    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(TlsSidecar::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                start(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                SSLSocket server = (SSLSocket) tls.createSocket(proxy.getAddress(), proxy.getPort())) {
            open.add(server);
            server.startHandshake();
            Thread responses = start(() -> copy(server, client));
            copy(client, server);
            responses.join();
        } catch (IOException e) {
            // the client sees its connection close
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    /** Copies until the end, and passes the end on. */
    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "tls-sidecar");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
