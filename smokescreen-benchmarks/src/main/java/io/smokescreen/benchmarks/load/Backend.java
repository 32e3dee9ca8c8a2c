package io.smokescreen.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The origin of all loads, behind one port, so that a plain TCP relay with one fixed target can stand beside a proxy. The
 * first byte of a connection chooses: {@link #DOWNLOAD} and {@link #UPLOAD} are followed by a count of bytes, {@code G}
 * starts an HTTP GET, anything else is echoed.
 */
final class Backend implements Closeable {

    static final int DOWNLOAD = 'D';
    static final int UPLOAD = 'U';
    static final int BODY_BYTES = 1024;
    private static final int HTTP = 'G';
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int BACKLOG = 1024;

    private final ServerSocket server;

    private Backend(ServerSocket server) {
        this.server = server;
    }

    static Backend start(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        Backend backend = new Backend(server);
        daemon("backend-accept", backend::acceptAll);
        return backend;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                daemon("backend", () -> serve(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    private static void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream(), BUFFER_BYTES));
            OutputStream out = client.getOutputStream();
            in.mark(1);
            int kind = in.read();
            in.reset();
            switch (kind) {
                case DOWNLOAD -> download(in, out);
                case UPLOAD -> upload(in, out);
                case HTTP -> http(in, out);
                default -> echo(in, out);
            }
        } catch (EOFException | SocketException e) {
            return; // the load ended
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void echo(DataInputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
        }
    }

    private static void download(DataInputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (in.read() == DOWNLOAD) {
            for (long left = in.readLong(); left > 0; left -= buffer.length) {
                out.write(buffer, 0, (int) Math.min(buffer.length, left));
            }
        }
    }

    private static void upload(DataInputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (in.read() == UPLOAD) {
            long left = in.readLong();
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new EOFException();
                }
                left -= n;
            }
            out.write(UPLOAD);
        }
    }

    private static void http(DataInputStream in, OutputStream out) throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] answer = Arrays.copyOf(head, head.length + BODY_BYTES);
        Arrays.fill(answer, head.length, answer.length, (byte) 'x');
        while (HttpHead.read(in) != null) {
            out.write(answer);
        }
    }
}
