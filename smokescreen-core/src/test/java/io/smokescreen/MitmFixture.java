package io.smokescreen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.smokescreen.testing.HttpReply;
import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import io.smokescreen.testing.TestTls;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * A proxy that looks into tunnels to {@code in.allowed.test}, {@code other.allowed.test} and whatever is below {@code
 * in.allowed.test}, and an origin with TLS for all of these that answers each request with the head it has received.
 */
final class MitmFixture implements AutoCloseable {

    /** The host that the tests look into the tunnel to. */
    static final String INSIDE = "in.allowed.test";

    static final String ACL = """
            version: v1
            services:
              - name: restricted
                project: team
                action: enforce
                allowed_domains: [in.allowed.test]
                mitm_domains: [{domain: in.allowed.test}]
            default:
              project: fallback
              action: enforce
              allowed_domains: ["*.allowed.test", in.allowed.test, other.allowed.test, "*.in.allowed.test", 127.0.0.2]
              mitm_domains:
                - domain: in.allowed.test
                  add_headers: {X-Tenant: ours, Accept-Language: el}
                  detailed_http_logs: true
                  detailed_http_logs_full_headers: [user-agent]
                - domain: other.allowed.test
                  add_headers: {X-Other: theirs}
                - domain: "*.in.allowed.test"
                - domain: 127.0.0.2
            """;

    private final TestCertificates proxyAuthority;
    private final TestCertificates originAuthority;
    private final TestOrigin origin;
    private final TestProxy proxy;

    private MitmFixture(TestOrigin.Behaviour behaviour, Consumer<SmokescreenBuilder> customize, String... names)
            throws GeneralSecurityException, IOException {
        proxyAuthority = TestCertificates.create("CN=proxy authority");
        originAuthority = TestCertificates.create("CN=origin authority");
        Identity identity = originAuthority.server(names.length == 0 ? "*.allowed.test" : names[0]);
        origin = TestOrigin.start(TestTls.of(identity).then(behaviour));
        proxy = TestProxy.start(builder -> customize.accept(builder.aclPolicy(Acl.fromYaml("mitm.yaml", ACL))
                .mitm(mitm())
                .originTls(OriginTlsOptions.systemTrust().withAuthorities(List.of(originAuthority.certificate())))));
        proxy.dns().answerAll(TestProxy.OPEN_ADDRESS);
    }

    static MitmFixture start() throws GeneralSecurityException, IOException {
        return start(MitmFixture::echoHeads);
    }

    static MitmFixture start(TestOrigin.Behaviour behaviour) throws GeneralSecurityException, IOException {
        return start(behaviour, builder -> {});
    }

    static MitmFixture start(TestOrigin.Behaviour behaviour, Consumer<SmokescreenBuilder> customize)
            throws GeneralSecurityException, IOException {
        return new MitmFixture(behaviour, customize);
    }

    /** {@return one whose origin's certificate is for this name alone} */
    static MitmFixture withOriginNamed(String name) throws GeneralSecurityException, IOException {
        return new MitmFixture(MitmFixture::echoHeads, builder -> {}, name);
    }

    /** Answers each request with its head as the body. */
    static void echoHeads(Socket connection) throws IOException {
        while (true) {
            String head = TestOrigin.readHead(connection.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            connection
                    .getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head)
                            .getBytes(ISO_8859_1));
        }
    }

    MitmOptions mitm() {
        Identity authority = proxyAuthority.authority();
        return MitmOptions.of(authority.key(), authority.chain());
    }

    TestProxy proxy() {
        return proxy;
    }

    TestOrigin origin() {
        return origin;
    }

    TestCertificates proxyAuthority() {
        return proxyAuthority;
    }

    /** {@return TLS for clients that trust the proxy's authority} */
    SSLContext clientTls() throws GeneralSecurityException, IOException {
        return proxyAuthority.clientTls();
    }

    /** {@return host and port of the origin under that name} */
    String at(String host) {
        return host + ":" + origin.port();
    }

    /** {@return a connection with a tunnel to that host, in which nothing has been said yet} */
    RawClient tunnel(String host) {
        return tunnel(proxy.connect(), host);
    }

    RawClient tunnel(RawClient client, String host) {
        client.send(
                "CONNECT " + at(host) + " HTTP/1.1\r\nHost: " + at(host) + "\r\nX-Smokescreen-Trace-ID: t1\r\n\r\n");
        HttpReply established = HttpReply.readHead(client);
        if (established.status() != 200) {
            throw new AssertionError(established.toString());
        }
        return client;
    }

    /** {@return a tunnel to {@link #INSIDE} in which TLS is spoken} */
    RawClient inside() throws GeneralSecurityException, IOException {
        return tunnel(INSIDE).startTls(clientTls(), "TLSv1.3");
    }

    /** {@return the answer to a request without a body} */
    static HttpReply ask(RawClient client, String requestLine, String... fields) {
        client.send(requestLine + "\r\n" + String.join("\r\n", fields) + (fields.length == 0 ? "" : "\r\n") + "\r\n");
        return HttpReply.read(client);
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        origin.close();
    }
}
