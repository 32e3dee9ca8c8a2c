package io.smokescreen.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.Smokescreen;
import io.smokescreen.TlsOptions;
import io.smokescreen.api.Resolver;
import io.smokescreen.api.RoleExtractor;
import io.smokescreen.examples.Certificates.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What does this proxy do? An origin, a proxy with mutual TLS and an ACL, and clients that send four requests, all in this
 * JVM and on loopback: no network, no files, no set-up. It prints what each client was answered, and why.
 */
public final class QuickTour {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final PrintStream out;
    private final Certificates certificates;
    private final Smokescreen proxy;
    private final int originPort;

    private QuickTour(PrintStream out, Certificates certificates, Smokescreen proxy, int originPort) {
        this.out = out;
        this.certificates = certificates;
        this.proxy = proxy;
        this.originPort = originPort;
    }

    /**
     * Runs the tour.
     *
     * @param arguments none
     * @throws Exception if something other than the proxy is in the way
     */
    public static void main(String[] arguments) throws Exception {
        HttpServer origin = startOrigin();
        Certificates certificates = Certificates.create();
        try (Smokescreen proxy = startProxy(certificates)) {
            new QuickTour(System.out, certificates, proxy, origin.getAddress().getPort()).run();
        } finally {
            origin.stop(0);
        }
    }

    private void run() throws Exception {
        out.println(
                "The proxy listens on port " + proxy.address().getPort() + " and asks its clients for a certificate.");
        out.println();
        Identity payments = certificates.client("CN=app-1,OU=payments");
        request("Role 'payments' asks for a host on its list", payments, "api.example.com");
        request("Role 'payments' asks for a host that is not", payments, "evil.example.net");
        request("Role 'payments' asks for a private address on its list", payments, "10.0.0.7");
        request("A client without an organizational unit", certificates.client("CN=app-2"), "api.example.com");
    }

    private void request(String title, Identity client, String host) throws Exception {
        URI uri = URI.create("http://" + host + ":" + originPort + "/");
        // The JDK's HttpClient speaks no TLS to a proxy; the sidecar adds it, with this client's certificate.
        try (TlsSidecar sidecar = new TlsSidecar(certificates.socketsOf(client), proxy.address())) {
            HttpClient http = HttpClient.newBuilder()
                    .proxy(ProxySelector.of(sidecar.address()))
                    .build();
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString(UTF_8));
            out.println(title);
            out.println("  GET " + uri.getScheme() + "://" + uri.getHost() + "/  ->  " + response.statusCode());
            response.headers().firstValue("X-Smokescreen-Error-Code").ifPresent(code -> out.println("  code: " + code));
            out.println("  body: " + response.body().strip());
            out.println();
        }
    }

    private static Smokescreen startProxy(Certificates certificates) throws GeneralSecurityException, IOException {
        Identity server = certificates.server();
        RoleExtractor roleOfUnit = request -> request.certificate().flatMap(QuickTour::organizationalUnit);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .tls(TlsOptions.of(server.key(), List.of(server.certificate()))
                        .withClientAuthorities(List.of(certificates.authority())))
                .roleExtractor(roleOfUnit)
                .aclPolicy(Acl.fromYaml("acl.yaml", resource("acl.yaml")))
                // Only for the tour: its origin is on loopback, which is denied otherwise.
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .resolver(Resolver.fixed(Map.of("api.example.com", List.of(loopback))))
                .start();
    }

    /** What {@code Roles.organizationalUnit} does, written out: a role extractor is any function. */
    private static Optional<String> organizationalUnit(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("OU"))
                            .map(Rdn::getValue)
                            .map(String::valueOf)
                            .findFirst();
        } catch (InvalidNameException e) {
            return Optional.empty(); // no role, so the request is denied
        }
    }

    private static HttpServer startOrigin() throws IOException {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.createContext("/", exchange -> {
            byte[] body = "Hello from the origin".getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        origin.start();
        return origin;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = QuickTour.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
