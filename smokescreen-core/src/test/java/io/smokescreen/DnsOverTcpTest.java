package io.smokescreen;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.testing.RawClient;
import io.smokescreen.testing.TestDns;
import io.smokescreen.testing.TestOrigin;
import io.smokescreen.testing.TestProxy;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A name with more addresses than fit a datagram, through the whole proxy: the channels of the resolver are the proxy's. */
class DnsOverTcpTest {

    @ParameterizedTest
    @EnumSource(Transport.class)
    void answerThatIsTooLongForUdp_isReadOverTcp(Transport transport) throws Exception {
        String[] addresses = Stream.concat(
                        IntStream.range(0, 120).mapToObj(i -> "10.1.1." + i), Stream.of(TestProxy.OPEN_ADDRESS))
                .toArray(String[]::new);
        try (TestOrigin origin = TestOrigin.start(TestOrigin::echo);
                TestProxy proxy = TestProxy.start(builder -> builder.transport(transport));
                RawClient client = proxy.connect()) {
            proxy.dns()
                    .script(
                            "many.allowed.test",
                            query -> TestDns.now(
                                    query.tcp()
                                            ? TestDns.addresses(query, 60, addresses)
                                            : query.reply().truncated()));

            client.send("CONNECT many.allowed.test:" + origin.port() + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(proxy.dns().queries()).anyMatch(TestDns.Query::tcp);
        }
    }
}
