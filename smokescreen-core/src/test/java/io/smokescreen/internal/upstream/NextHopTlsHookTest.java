package io.smokescreen.internal.upstream;

import static io.smokescreen.internal.upstream.ConnectorFixture.PLENTY;
import static io.smokescreen.internal.upstream.ConnectorFixture.via;
import static io.smokescreen.internal.upstream.NextHopTlsTest.connectThen;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.smokescreen.api.NextHopConnectHook;
import io.smokescreen.api.NextHopTlsHook;
import io.smokescreen.internal.upstream.DialResult.Failed;
import io.smokescreen.internal.upstream.DialResult.Faulted;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestTls;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an application may change of TLS with a next hop, and what not. */
@ParameterizedClass
@EnumSource(
        value = SslProvider.class,
        names = {"JDK", "OPENSSL_REFCNT"})
class NextHopTlsHookTest {

    private static final String HOST = "www.origin.test";
    private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";

    private final ConnectorFixture fixture;
    private final TestTls hopTls;

    NextHopTlsHookTest(SslProvider provider) throws Exception {
        this.fixture = new ConnectorFixture(provider);
        this.hopTls = TestTls.of(fixture.authority.server("hop.test"));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void hook_changesVersionAndServerName() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        NextHopTlsHook hook = (request, hop, parameters) -> {
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setServerNames(List.of(new SNIHostName("front.test")));
        };
        try (TestOrigin hop = TestOrigin.start(hopTls.then(connection -> {
            ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) connection).getSession();
            seen.complete(session.getProtocol() + session.getRequestedServerNames());
            connectThen(OK, TestOrigin::echo).serve(connection);
        }))) {
            fixture.connect(with(hook), via(hop, true, HOST, Purpose.TUNNEL))
                    .channel()
                    .close();

            assertThat(seen.get(10, TimeUnit.SECONDS)).startsWith("TLSv1.2").contains("front.test");
        }
    }

    @Test
    void hook_cannotHaveAVersionBelowTls12_norAnotherProtocolOnTop() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        NextHopTlsHook hook = (request, hop, parameters) -> {
            parameters.setProtocols(new String[] {"TLSv1.1", "TLSv1.2"});
            parameters.setApplicationProtocols(new String[] {"h2"});
        };
        try (TestOrigin hop = TestOrigin.start(hopTls.choosing("h2", "http/1.1").then(connection -> {
            seen.complete(((SSLSocket) connection).getApplicationProtocol());
            connectThen(OK, TestOrigin::echo).serve(connection);
        }))) {
            Channel channel = fixture.connect(with(hook), via(hop, true, HOST, Purpose.TUNNEL))
                    .channel();
            SslHandler tls = channel.pipeline().get(SslHandler.class);

            assertThat(tls.engine().getEnabledProtocols()).contains("TLSv1.2").doesNotContain("TLSv1.1", "TLSv1.3");
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("http/1.1");
            channel.close();
        }
    }

    @Test
    void hook_thatSetsNoVersions_leavesWhatTheyAre() throws Exception {
        NextHopTlsHook hook = (request, hop, parameters) -> parameters.setProtocols(null);
        try (TestOrigin hop = TestOrigin.start(hopTls.then(connectThen(OK, TestOrigin::echo)))) {
            Channel channel = fixture.connect(with(hook), via(hop, true, HOST, Purpose.TUNNEL))
                    .channel();
            SslHandler tls = channel.pipeline().get(SslHandler.class);

            assertThat(tls.engine().getSession().getProtocol()).isEqualTo("TLSv1.3");
            channel.close();
        }
    }

    /** The JDK would take the server name that is sent for the one to verify. */
    @Test
    void hook_cannotSwitchVerificationOff_norHaveAnotherNameVerified() throws Exception {
        NextHopTlsHook hook = (request, hop, parameters) -> {
            parameters.setEndpointIdentificationAlgorithm("");
            parameters.setServerNames(List.of(new SNIHostName("front.test")));
        };
        TestTls front = TestTls.of(fixture.authority.server("front.test"));
        try (TestOrigin hop = TestOrigin.start(front.then(connectThen(OK, TestOrigin::echo)))) {
            Failed failed = fixture.fail(with(hook), via(hop, true, HOST, Purpose.TUNNEL));

            assertThat(failed.message()).endsWith(": its certificate is not for this host");
        }
    }

    @Test
    void hook_thatThrows_orSetsWhatCannotBe_isAFault() throws Exception {
        assertFaults((request, hop, parameters) -> {
            throw new IllegalStateException("hook");
        });
        assertFaults((request, hop, parameters) -> parameters.setProtocols(new String[] {"TLSv9"}));
        assertFaults((request, hop, parameters) -> parameters.setProtocols(new String[] {"TLSv1.1", "TLSv1"}));
        assertFaults((request, hop, parameters) -> parameters.setProtocols(new String[0]));
    }

    private void assertFaults(NextHopTlsHook hook) throws Exception {
        try (TestOrigin hop = TestOrigin.start(hopTls.then(TestOrigin::echo))) {
            DialResult result = fixture.connect(with(hook), via(hop, true, HOST, Purpose.TUNNEL))
                    .result();

            assertThat(result).isInstanceOf(Faulted.class);
            fixture.assertNothingIsOpen();
        }
    }

    private Connector with(NextHopTlsHook hook) throws Exception {
        return fixture.connector(PLENTY, new NextHopHooks(NextHopConnectHook.none(), hook));
    }
}
