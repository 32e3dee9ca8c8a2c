package io.smokescreen.cli.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A statsd that keeps what it is sent. */
final class UdpReceiver implements AutoCloseable {

    private static final int BUFFER_BYTES = 4 * 1024 * 1024;

    private final DatagramSocket socket;
    private final List<String> packets = new CopyOnWriteArrayList<>();

    private UdpReceiver(int port) throws IOException {
        this.socket = new DatagramSocket(null);
        socket.setReceiveBufferSize(BUFFER_BYTES);
        socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        Thread thread = new Thread(this::receive, "test-statsd");
        thread.setDaemon(true);
        thread.start();
    }

    static UdpReceiver start() throws IOException {
        return new UdpReceiver(0);
    }

    static UdpReceiver startOn(int port) throws IOException {
        return new UdpReceiver(port);
    }

    int port() {
        return socket.getLocalPort();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    List<String> packets() {
        return List.copyOf(packets);
    }

    List<String> lines() {
        return packets.stream().flatMap(String::lines).toList();
    }

    private void receive() {
        byte[] buffer = new byte[65_536];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
            } catch (IOException e) { // closed
                return;
            }
            packets.add(new String(buffer, 0, packet.getLength(), US_ASCII));
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
