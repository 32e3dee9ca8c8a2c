package io.smokescreen.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.smokescreen.api.NextHop;
import io.smokescreen.internal.address.VettedAddress;
import io.smokescreen.internal.address.VettedAddresses;
import io.smokescreen.internal.upstream.Purpose;
import io.smokescreen.internal.upstream.Route;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which connections may serve a later request, so that what a hook made for one is not used for another. */
class NextHopsTest {

    private static final List<VettedAddress> SOMEWHERE = List.of(VettedAddresses.of(new InetSocketAddress(80)));

    @ParameterizedTest
    @CsvSource({
        // CONNECT changed, TLS changed, hop, purpose, expected
        "false, false, http://hop.test,  HTTP,   true",
        "false, false, https://hop.test, HTTPS,  true",
        "true,  false, http://hop.test,  HTTP,   true",
        "true,  false, http://hop.test,  TUNNEL, false",
        "true,  false, http://hop.test,  HTTPS,  false",
        "false, true,  http://hop.test,  HTTPS,  true",
        "false, true,  https://hop.test, HTTP,   false",
        "false, true,  https://hop.test, HTTPS,  false",
        "true,  true,  http://hop.test,  HTTP,   true",
    })
    void connectionThroughANextHop_isReusable_unlessAHookHadASayInIt(
            boolean connectChanged, boolean tlsChanged, String hop, Purpose purpose, boolean expected) {
        Way way = new Way(new Route.Via(NextHop.parse(hop), SOMEWHERE), purpose, "a.test:80");

        assertThat(nextHops(connectChanged, tlsChanged).isReusable(way)).isEqualTo(expected);
    }

    @Test
    void directConnection_isReusable() {
        Way way = new Way(new Route.Direct(SOMEWHERE), Purpose.HTTPS, "a.test:80");

        assertThat(nextHops(true, true).isReusable(way)).isTrue();
    }

    private static NextHops nextHops(boolean connectChanged, boolean tlsChanged) {
        return new NextHops(null, null, NoProxy.of(List.of()), null, false, connectChanged, tlsChanged);
    }
}
