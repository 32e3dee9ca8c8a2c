package io.smokescreen.internal.address;

import io.smokescreen.api.AddressVerdict;
import java.net.InetAddress;
import java.util.List;

/** What came of vetting a destination. */
public sealed interface VettingResult {

    /** {@return how long the lookup took, in nanoseconds; 0 where none was needed} */
    long lookupNanos();

    /**
     * The destination may be connected to.
     *
     * @param addresses where, best first, at least one
     * @param verdicts the verdicts on all addresses, the denied ones too
     * @param lookupNanos how long the lookup took
     */
    record Vetted(List<VettedAddress> addresses, List<AddressVerdict> verdicts, long lookupNanos)
            implements VettingResult {

        /** Copies the lists. */
        public Vetted {
            addresses = List.copyOf(addresses);
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * All addresses of the destination are denied.
     *
     * @param address the first one
     * @param isLiteral whether the destination was an address, not a name
     * @param verdicts the verdicts on all addresses, at least one
     * @param lookupNanos how long the lookup took
     */
    record Denied(InetAddress address, boolean isLiteral, List<AddressVerdict> verdicts, long lookupNanos)
            implements VettingResult {

        /** Copies the list. */
        public Denied {
            verdicts = List.copyOf(verdicts);
        }

        /** {@return the verdict on the first address} */
        public AddressVerdict verdict() {
            return verdicts.get(0);
        }

        /** {@return the reason as Go's Smokescreen words it} */
        public String reason() {
            String ip = address.getHostAddress();
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
    record ResolutionFailed(String message, boolean timedOut, long lookupNanos) implements VettingResult {}
}
