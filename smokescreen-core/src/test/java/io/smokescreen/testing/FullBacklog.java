package io.smokescreen.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port on {@link TestProxy#OPEN_ADDRESS} that neither accepts nor refuses: its queue of connections is full, so Linux
 * drops every further SYN.
 */
public final class FullBacklog implements AutoCloseable {

    private static final int PROBE_MILLIS = 100;

    private final ServerSocket listening;
    private final List<Socket> waiting = new ArrayList<>();

    public FullBacklog() throws IOException {
        this.listening = new ServerSocket(0, 1, InetAddress.getByName(TestProxy.OPEN_ADDRESS));
        await().until(this::isFull);
    }

    public int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        listening.close();
    }

    private boolean isFull() throws IOException {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
            socket.connect(listening.getLocalSocketAddress(), PROBE_MILLIS);
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }
}
