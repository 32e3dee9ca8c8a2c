package io.smokescreen.internal.address;

import io.smokescreen.api.AddressVerdict;
import java.net.InetAddress;
import java.util.List;

/** What came of vetting a destination. */
public sealed interface VettingResult {

    /** {@return how long the lookup took, in nanoseconds; 0 where none was needed} */
    long lookupNanos();

    /** {@return all addresses of the destination with the verdicts on them, in the order they were found} */
    List<JudgedAddress> judged();

    /** {@return the verdicts alone} */
    default List<AddressVerdict> verdicts() {
        return judged().stream().map(JudgedAddress::verdict).toList();
    }

    /**
     * The destination may be connected to.
     *
     * @param addresses where, best first, at least one
     * @param judged all of its addresses, the denied ones too
     * @param lookupNanos how long the lookup took
     */
    record Vetted(List<VettedAddress> addresses, List<JudgedAddress> judged, long lookupNanos)
            implements VettingResult {

        /** Copies the lists. */
        public Vetted {
            addresses = List.copyOf(addresses);
            judged = List.copyOf(judged);
        }
    }

    /**
     * All addresses of the destination are denied.
     *
     * @param isLiteral whether the destination was an address, not a name
     * @param judged all of its addresses, at least one
     * @param lookupNanos how long the lookup took
     */
    record Denied(boolean isLiteral, List<JudgedAddress> judged, long lookupNanos) implements VettingResult {

        /** Copies the list. */
        public Denied {
            judged = List.copyOf(judged);
        }

        /** {@return the first address} */
        public InetAddress address() {
            return judged.get(0).address();
        }

        /** {@return the verdict on the first address} */
        public AddressVerdict verdict() {
            return judged.get(0).verdict();
        }

        /** {@return the reason as Go's Smokescreen words it} */
        public String reason() {
            String ip = address().getHostAddress();
            return isLiteral
                    ? "The destination address (" + ip + ") was denied by rule '"
                            + verdict().label() + "'"
                    : "no valid IP found among resolved addresses - " + ip + " denied by rule '"
                            + verdict().label() + "'";
        }
    }

    /**
     * The name has no addresses that are known.
     *
     * @param message why, in words of the proxy; never text from outside
     * @param timedOut whether time ran out
     * @param lookupNanos how long the lookup took
     */
    record ResolutionFailed(String message, boolean timedOut, long lookupNanos) implements VettingResult {

        @Override
        public List<JudgedAddress> judged() {
            return List.of();
        }
    }
}
