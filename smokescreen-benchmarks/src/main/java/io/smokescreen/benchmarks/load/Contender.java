package io.smokescreen.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One of the two that are compared.
 *
 * @param name how the table calls it
 * @param mode how it is spoken to
 * @param address where it listens
 * @param httpAddress where it takes plain HTTP requests; a relay needs another port for that
 * @param pid the process whose CPU time counts
 */
record Contender(String name, Mode mode, InetSocketAddress address, InetSocketAddress httpAddress, long pid) {

    private static final int TIMEOUT_MILLIS = 30_000;

    enum Mode {
        /** Speaks CONNECT and absolute-form. */
        PROXY,
        /** Relays each connection to the backend, whatever is said; HTTP goes in origin-form. */
        RELAY
    }

    /** A connection on which the next byte reaches the backend. */
    Connection tunnel(String target) throws IOException {
        Connection connection = new Connection(address);
        if (mode == Mode.PROXY) {
            connection.write(ascii("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n"));
            HttpHead.readOk(connection.in);
        }
        return connection;
    }

    Connection http() throws IOException {
        return new Connection(httpAddress);
    }

    byte[] get(String target) {
        String uri = mode == Mode.PROXY ? "http://" + target + "/" : "/";
        return ascii("GET " + uri + " HTTP/1.1\r\nHost: " + target + "\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Blocking, one thread each: what the load costs is not what is measured. */
    static final class Connection implements AutoCloseable {

        private static final int BUFFER_BYTES = 64 * 1024;

        private final Socket socket = new Socket();
        final InputStream in;

        Connection(InetSocketAddress address) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            try {
                socket.connect(address, TIMEOUT_MILLIS);
                in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void read(long count) throws IOException {
            long left = count;
            while (left > 0) {
                long n = in.skip(left);
                if (n <= 0) {
                    if (in.read() < 0) {
                        throw new IOException("closed with " + left + " of " + count + " bytes to come");
                    }
                    n = 1;
                }
                left -= n;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
