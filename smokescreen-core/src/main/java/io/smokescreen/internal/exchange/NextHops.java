package io.smokescreen.internal.exchange;

import io.smokescreen.api.NextHop;
import io.smokescreen.internal.policy.GuardedNextHopSelector;
import io.smokescreen.internal.policy.NextHopSelection;
import io.smokescreen.internal.request.Request;
import io.smokescreen.internal.upstream.Purpose;
import io.smokescreen.internal.upstream.Route;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which external proxy a request is passed on to. Safe from any thread.
 *
 * @param http for plain HTTP; null: none
 * @param https for everything else; null: none
 * @param noProxy destinations that these two are not used for
 * @param selector comes before the client's word and before these two; null: none
 * @param vettedAddressSent whether a next hop is asked to connect to an address, not a name
 * @param connectChanged whether what is said in a CONNECT to a next hop depends on the request
 * @param tlsChanged whether TLS with a next hop depends on the request
 */
public record NextHops(
        @Nullable NextHop http,
        @Nullable NextHop https,
        NoProxy noProxy,
        @Nullable GuardedNextHopSelector selector,
        boolean vettedAddressSent,
        boolean connectChanged,
        boolean tlsChanged) {

    /** {@return the next hop, if there is one; the priority is selector, client, configuration, none} */
    Optional<ChosenHop> choose(NextHopSelection selection, Request request) {
        return selection
                .hop()
                .map(ChosenHop::byOperator)
                .or(() -> request.nextHop().map(ChosenHop::byClient))
                .or(() -> configured(request).map(ChosenHop::byOperator));
    }

    private Optional<NextHop> configured(Request request) {
        NextHop hop = isPlain(request) ? http : https;
        return hop == null || noProxy.matches(request.destination()) ? Optional.empty() : Optional.of(hop);
    }

    /**
     * {@return what a connection is needed for}
     *
     * <p>Where a next hop must get an address, plain HTTP takes a tunnel too: in an absolute URI the address would replace the
     * name for the origin as well (RFC 9112 §3.2.2).
     */
    Purpose purpose(Request request, boolean byNextHop) {
        if (request.isSecure()) {
            return Purpose.HTTPS;
        }
        boolean tunnel = request.isConnect() || (byNextHop && vettedAddressSent);
        return tunnel ? Purpose.TUNNEL : Purpose.HTTP;
    }

    /** {@return whether a connection may serve a later request: nothing of it was made for just this one} */
    boolean isReusable(Way way) {
        return !(way.route() instanceof Route.Via via)
                || (!(tlsChanged && via.hop().tls()) && !(connectChanged && way.purpose() != Purpose.HTTP));
    }

    private static boolean isPlain(Request request) {
        return !request.isConnect() && !request.isSecure();
    }
}
