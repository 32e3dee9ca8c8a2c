package io.smokescreen.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.smokescreen.AddressRules;
import io.smokescreen.NextHopOptions;
import io.smokescreen.RoleExtractors;
import io.smokescreen.Smokescreen;
import io.smokescreen.api.EgressEvent;
import io.smokescreen.api.EgressListener;
import io.smokescreen.api.HealthCheck;
import io.smokescreen.api.NextHop;
import io.smokescreen.api.NextHopConnectHook;
import io.smokescreen.api.NextHopTlsHook;
import io.smokescreen.api.RequestGate;
import io.smokescreen.api.Resolver;
import io.smokescreen.api.ResponseDecorator;
import io.smokescreen.api.SocketDialer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Where does my own code plug in? A proxy with each of its hooks in use, another one that it passes some requests on to, an
 * origin and a client, all in this JVM and on loopback. It prints what the client was answered, and what the listeners were told.
 */
public final class Hooks {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String ROLE = "X-Smokescreen-Role";
    private static final Set<String> FROZEN = Set.of("batch");

    /** A machine with two addresses would have the second one here. */
    private static final InetAddress LOCAL_ADDRESS = InetAddress.getLoopbackAddress();

    private final PrintStream out;
    private final ExecutorService connecting = Executors.newFixedThreadPool(2);
    private final BlockingQueue<EgressEvent> events = new LinkedBlockingQueue<>(1_000);
    private final BlockingQueue<String> traced = new LinkedBlockingQueue<>(1_000);

    /** Has the last word on requests that the ACL allowed. */
    private final RequestGate gate =
            request -> request.role().filter(FROZEN::contains).isPresent()
                    ? Optional.of("the service is frozen")
                    : Optional.empty();

    /** Lets a client find its request in the log. */
    private final ResponseDecorator name = (request, response) -> Map.of("X-Request-Id", request.id());

    /** Tells a client that was refused where to read on. */
    private final ResponseDecorator help =
            (request, response) -> Map.of("X-Help", "https://wiki.example.com/egress#" + response.errorCode());

    /** Hands events to a thread of its own; it must not wait, so what finds no room is lost. */
    private final EgressListener audit = event -> {
        if (!events.offer(event)) {
            throw new IllegalStateException("the audit queue is full"); // counted in listener.failures
        }
    };

    /** Connects from an address of its choice. */
    private final SocketDialer dialer = address -> {
        CompletableFuture<SocketChannel> connected = new CompletableFuture<>();
        connecting.execute(() -> connect(address, connected));
        return connected;
    };

    /** Lets the next hop find a request in our log; to one that wants credentials it could send {@code Proxy-Authorization}. */
    private final NextHopConnectHook trace = (request, hop) -> Map.of("X-Request-Id", request.id());

    /** Is for next hops whose URL says {@code https}; the one of the example does not. */
    private final NextHopTlsHook onlyNewest =
            (request, hop, parameters) -> parameters.setProtocols(new String[] {"TLSv1.3"});

    /** Tells what the next hop was asked. */
    private final EgressListener atNextHop = event -> {
        if (event instanceof EgressEvent.Decided decided) {
            decided.context()
                    .flatMap(context -> context.request().headers().first("X-Request-Id"))
                    .ifPresent(traced::offer);
        }
    };

    /** Answers the load balancer. */
    private final HealthCheck health =
            draining -> draining ? new HealthCheck.Answer(503, "draining") : new HealthCheck.Answer(200, "ready");

    private Hooks(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws Exception if something other than the proxy is in the way
     */
    public static void main(String[] arguments) throws Exception {
        HttpServer origin = startOrigin();
        Hooks hooks = new Hooks(System.out);
        try (Smokescreen nextHop = hooks.startNextHop();
                Smokescreen proxy = hooks.startProxy(hooks.through(nextHop))) {
            URI uri = URI.create("http://api.example.com:" + origin.getAddress().getPort() + "/");
            hooks.request(proxy, "payments", uri);
            hooks.request(proxy, "batch", uri);
            hooks.request(proxy, "partners", uri);
            hooks.askForHealth(proxy);
        } finally {
            hooks.connecting.shutdown();
            origin.stop(0);
        }
        hooks.printEvents(); // the end of the proxy has closed the connection to the origin
    }

    /** A proxy of its own right, with rules of its own. */
    private Smokescreen startNextHop() {
        return Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .eventListener(atNextHop)
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .start();
    }

    /** Partners' requests are passed on to that proxy, all others go straight. */
    private NextHopOptions through(Smokescreen nextHop) {
        NextHop partnerProxy =
                NextHop.parse("http://127.0.0.1:" + nextHop.address().getPort());
        return NextHopOptions.defaults()
                .withSelector(
                        request -> request.role().filter("partners"::equals).map(role -> partnerProxy))
                .withConnectHook(trace)
                .withTlsHook(onlyNewest)
                .withVettedAddressSent(
                        true); // the next hop does not know the name; so it gets a CONNECT for plain HTTP, too
    }

    private Smokescreen startProxy(NextHopOptions nextHops) {
        return Smokescreen.builder()
                .listen("127.0.0.1", 0)
                .roleExtractor(RoleExtractors.header(ROLE, List.of("127.0.0.0/8")))
                .requestGate(gate)
                .decorateAccepted(name)
                .decorateRejected(help)
                .addServerIpHeader(true)
                .eventListener(audit)
                .nextHops(nextHops)
                .socketDialer(dialer)
                .healthCheck(health)
                // Only for the example: its origin is on loopback, which is denied otherwise.
                .addressRules(AddressRules.builder().allowRange("127.0.0.0/8").build())
                .resolver(Resolver.fixed(Map.of("api.example.com", List.of(InetAddress.getLoopbackAddress()))))
                .start();
    }

    private static void connect(InetSocketAddress address, CompletableFuture<SocketChannel> connected) {
        try {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.bind(new InetSocketAddress(LOCAL_ADDRESS, 0)).connect(address);
            } catch (IOException e) {
                channel.close(); // what is not handed over is still ours
                throw e;
            }
            connected.complete(channel);
        } catch (IOException e) {
            connected.completeExceptionally(e);
        }
    }

    private void request(Smokescreen proxy, String role, URI uri) throws Exception {
        HttpClient http =
                HttpClient.newBuilder().proxy(ProxySelector.of(proxy.address())).build();
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(TIMEOUT).header(ROLE, role).build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString(UTF_8));
        out.println("Role '" + role + "'  ->  " + response.statusCode());
        for (String field : List.of("X-Request-Id", "X-Server-Ip", "X-Help")) {
            response.headers().firstValue(field).ifPresent(value -> out.println("  " + field + ": " + value));
        }
        out.println("  body: " + response.body().strip());
    }

    private void askForHealth(Smokescreen proxy) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + proxy.address().getPort() + "/healthcheck");
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        out.println("Health  ->  "
                + HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString(UTF_8))
                        .body());
    }

    private void printEvents() {
        traced.forEach(id -> out.println("The next hop was sent X-Request-Id: " + id));
        events.forEach(event -> {
            if (event instanceof EgressEvent.Decided decided) {
                out.println("Decided: " + (decided.allowed() ? "allowed, " : "denied, ") + decided.reason());
            } else if (event instanceof EgressEvent.Closed closed) {
                out.println("Closed: " + closed.bytesIn() + " bytes came in");
            }
        });
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
}
