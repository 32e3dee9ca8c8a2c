package io.smokescreen.internal.exchange;

import io.smokescreen.api.NextHop;
import io.smokescreen.internal.address.VettingRules;

/**
 * A next hop for a request.
 *
 * @param hop the proxy
 * @param trusted whether the operator chose it, by configuration or by code, so that it may be internal
 */
record ChosenHop(NextHop hop, boolean trusted) {

    static ChosenHop byOperator(NextHop hop) {
        return new ChosenHop(hop, true);
    }

    static ChosenHop byClient(NextHop hop) {
        return new ChosenHop(hop, false);
    }

    /** {@return what its addresses are judged by where the destination's are judged by these} */
    VettingRules rules(VettingRules destination) {
        return trusted ? destination.forTrustedNextHop() : destination;
    }
}
