package consumer;

import com.sun.net.httpserver.HttpServer;
import io.smokescreen.Acl;
import io.smokescreen.AddressRules;
import io.smokescreen.Smokescreen;
import io.smokescreen.api.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** An application on the class path, with a role of its own making. */
public final class Main {

    private static final String ACL =
            """
            version: v1
            services:
              - name: web
                project: shop
                action: enforce
                allowed_domains:
                  - origin.test
            """;

    private Main() {}

    public static void main(String[] args) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer origin = serveHello(loopback);
        int port = origin.getAddress().getPort();
        try (Smokescreen proxy = Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .roleExtractor(request -> request.headers().first("X-Client"))
                .aclPolicy(Acl.fromYaml("acl.yaml", ACL))
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .resolver(Resolver.fixed(Map.of("origin.test", List.of(loopback), "other.test", List.of(loopback))))
                .start()) {
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(ProxySelector.of(proxy.address()))
                    .build();

            HttpResponse<String> allowed = get(client, "web", "http://origin.test:" + port + "/");
            require(allowed.statusCode() == 200, "200 expected: " + allowed);
            require(allowed.body().equals("hello"), "the origin's body expected: " + allowed.body());

            HttpResponse<String> denied = get(client, "web", "http://other.test:" + port + "/");
            require(denied.statusCode() == 407, "407 expected, the ACL names another host: " + denied);
            require(denied.headers().firstValue("X-Smokescreen-Error").isPresent(), "a reason expected: " + denied);

            HttpResponse<String> stranger = get(client, "stranger", "http://origin.test:" + port + "/");
            require(stranger.statusCode() == 407, "407 expected, the ACL does not know the role: " + stranger);
        } finally {
            origin.stop(0);
        }
        System.out.println("consumer: ok");
    }

    private static HttpServer serveHello(InetAddress address) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static HttpResponse<String> get(HttpClient client, String role, String uri)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).header("X-Client", role).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
