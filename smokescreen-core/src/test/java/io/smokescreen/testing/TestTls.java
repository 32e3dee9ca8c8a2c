package io.smokescreen.testing;

import io.smokescreen.testing.TestCertificates.Identity;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

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

    /** {@return the socket that speaks TLS, its handshake done; its end is not that of the one below} */
    public SSLSocket accept(Socket connection) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, null, false);
        tls.setUseClientMode(false);
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
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
