package io.smokescreen.internal.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;

/** The order in which the addresses of a destination are tried. */
final class AddressOrder {

    private AddressOrder() {}

    /**
     * Puts addresses in the order to try them: by turns of either family, beginning with the family of the first, each family
     * in the order given (RFC 8305 §4, "First Address Family Count" 1), so that a family without a route costs one attempt.
     * Deferred addresses are last.
     *
     * @param addresses as the resolver gave them
     * @param deferred addresses that are used after all others, in this order
     */
    static List<InetAddress> of(List<InetAddress> addresses, List<InetAddress> deferred) {
        if (addresses.size() < 2) {
            return addresses;
        }
        List<InetAddress> last = new ArrayList<>();
        Queue<InetAddress> sameFamily = new ArrayDeque<>();
        Queue<InetAddress> otherFamily = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            if (deferred.contains(address)) {
                last.add(address);
            } else if (sameFamily.isEmpty() || isV4(address) == isV4(sameFamily.element())) {
                sameFamily.add(address);
            } else {
                otherFamily.add(address);
            }
        }
        List<InetAddress> ordered = new ArrayList<>(addresses.size());
        while (!sameFamily.isEmpty() || !otherFamily.isEmpty()) {
            moveOne(sameFamily, ordered);
            moveOne(otherFamily, ordered);
        }
        last.sort(Comparator.comparingInt(deferred::indexOf));
        ordered.addAll(last);
        return ordered;
    }

    private static void moveOne(Queue<InetAddress> from, List<InetAddress> to) {
        InetAddress next = from.poll();
        if (next != null) {
            to.add(next);
        }
    }

    private static boolean isV4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}
