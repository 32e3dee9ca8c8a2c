package io.smokescreen.testing;

import io.smokescreen.ResolverOptions;
import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.api.ClientRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A proxy behind a {@link TestProxy}: its next hop. For it every name is {@link TestProxy#OPEN_ADDRESS}, which it may reach.
 */
public final class SecondProxy implements AutoCloseable {

    private final TestDns dns = TestDns.start().answerAll(TestProxy.OPEN_ADDRESS);
    private final List<ClientRequest> asked = new CopyOnWriteArrayList<>();
    private final Smokescreen proxy;

    private SecondProxy(String ip, Consumer<SmokescreenBuilder> customize) {
        SmokescreenBuilder builder = Smokescreen.builder()
                .listen(ip, 0)
                .eventLoopThreads(1)
                .addressRules(TestProxy.OPEN)
                .resolverOptions(ResolverOptions.servers(List.of(dns.address())))
                .requestGate(request -> {
                    asked.add(request.request());
                    return Optional.empty();
                });
        customize.accept(builder);
        this.proxy = builder.start();
    }

    /** {@return a running proxy on that loopback address} */
    public static SecondProxy on(String ip) {
        return on(ip, builder -> {});
    }

    /** {@return the same, changed as the test wants it} */
    public static SecondProxy on(String ip, Consumer<SmokescreenBuilder> customize) {
        return new SecondProxy(ip, customize);
    }

    public int port() {
        return proxy.address().getPort();
    }

    /** {@return where it is, for whom speaks to it in the clear} */
    public String url() {
        return "http://" + proxy.address().getAddress().getHostAddress() + ":" + port();
    }

    /** {@return the requests it got so far} */
    public List<ClientRequest> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        proxy.close();
        dns.close();
    }
}
