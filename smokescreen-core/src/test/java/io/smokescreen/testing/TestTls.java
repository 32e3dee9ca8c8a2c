package io.smokescreen.testing;

import io.smokescreen.testing.TestCertificates.Identity;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The server's side of TLS on sockets that are connected, also on such that speak TLS already. */
public final class TestTls {

    private final SSLContext context;
    private final SSLParameters parameters;

    private TestTls(SSLContext context, SSLParameters parameters) {
        this.context = context;
        this.parameters = parameters;
    }

    /** {@return TLS with this identity, as the JDK does it} */
    public static TestTls of(Identity identity) throws GeneralSecurityException, IOException {
        SSLContext context = TestCertificates.serverTls(identity);
        return new TestTls(context, context.getDefaultSSLParameters());
    }

    /** {@return this with those versions only} */
    public TestTls versions(String... versions) {
        SSLParameters changed = context.getDefaultSSLParameters();
        changed.setProtocols(versions);
        return new TestTls(context, changed);
    }

    /** {@return this with the first of those protocols on top that the client offers} */
    public TestTls choosing(String... protocols) {
        SSLParameters changed = context.getDefaultSSLParameters();
        changed.setApplicationProtocols(protocols);
        return new TestTls(context, changed);
    }

    /** {@return the socket that speaks TLS, its handshake done; its end is not that of the one below} */
    public SSLSocket accept(Socket connection) throws IOException {
        return accept(connection, null);
    }

    /**
     * {@return the same}
     *
     * @param in what comes over the connection, for whom wants to see that too; null: nobody does
     */
    private SSLSocket accept(Socket connection, @Nullable InputStream in) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, in, false);
        tls.setUseClientMode(false);
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    /**
     * {@return a behaviour that lets this one, which comes after the handshake, end its direction, and then tells how the other
     * one ends: its bytes and {@code close_notify} or {@code FIN}, which the socket does not tell apart, or {@code cut}}
     */
    public TestOrigin.Behaviour thenTellEnd(TestOrigin.Behaviour behaviour, Consumer<String> end) {
        return connection -> {
            LastBytes raw = new LastBytes(connection.getInputStream());
            try (SSLSocket tls = accept(connection, raw)) {
                InputStream in = tls.getInputStream(); // which cannot be had any more once it has ended
                behaviour.serve(tls);
                end.accept(end(in, raw));
            }
        };
    }

    private static String end(InputStream in, LastBytes raw) {
        try {
            int bytes = in.readAllBytes().length;
            return bytes + " bytes, " + (raw.areAlert() ? "close_notify" : "FIN");
        } catch (IOException e) {
            return "cut";
        }
    }

    /** Keeps the last bytes of a connection: of TLS 1.3, enough to tell whether the last record is an alert. */
    private static final class LastBytes extends FilterInputStream {

        private static final int HEADER_LENGTH = 5;

        /** RFC 8446 §5.2: two bytes, the type of the content, a tag of 16 bytes; the JDK has 16 bytes of padding, too. */
        private static final byte[] ALERT_LENGTHS = {19, 35};

        private static final int KEPT = 40;

        private byte[] last = {};

        LastBytes(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            if (count > 0) {
                byte[] all = Arrays.copyOf(last, last.length + count);
                System.arraycopy(buffer, offset, all, last.length, count);
                last = Arrays.copyOfRange(all, Math.max(0, all.length - KEPT), all.length);
            }
            return count;
        }

        boolean areAlert() {
            for (byte length : ALERT_LENGTHS) {
                int start = last.length - HEADER_LENGTH - length;
                byte[] header = {23, 3, 3, 0, length};
                if (start >= 0 && Arrays.equals(header, Arrays.copyOfRange(last, start, start + HEADER_LENGTH))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** {@return a behaviour that comes after the handshake} */
    public TestOrigin.Behaviour then(TestOrigin.Behaviour behaviour) {
        return connection -> {
            try (SSLSocket tls = accept(connection)) {
                behaviour.serve(tls);
            }
        };
    }
}
