package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether an address and port lead back into the proxy. It is asked before any rule, so that no rule can make the
 * proxy a client of itself.
 *
 * <p>Strictly, what the operating system delivers locally without listing it at an interface counts too: 127/8 and the
 * unspecified addresses, and IPv6 addresses that carry one of all these. Otherwise, as in Go, the listed addresses only.
 *
 * <p>Thread safety: all methods are safe from any thread. {@link #refresh} asks the operating system; call it off the event
 * loops.
 */
public final class SelfConnections {

    private static final Logger logger = LoggerFactory.getLogger(SelfConnections.class);

    private final Supplier<? extends Collection<InetAddress>> localAddresses;
    private volatile Set<InetAddress> own;
    private volatile Set<Integer> ports = Set.of();

    /**
     * Creates one that knows the addresses of this machine.
     *
     * @throws UncheckedIOException if the operating system does not tell its addresses
     */
    public SelfConnections() {
        this(SelfConnections::interfaceAddresses);
    }

    /**
     * Creates one with a list of addresses from elsewhere, for tests.
     *
     * @param localAddresses gives the addresses, at once and at each {@link #refresh}
     */
    public SelfConnections(Supplier<? extends Collection<InetAddress>> localAddresses) {
        this.localAddresses = requireNonNull(localAddresses, "localAddresses");
        this.own = snapshot();
    }

    /**
     * Adds a port the proxy listens on, be it for clients or for metrics.
     *
     * @param port the port
     */
    public synchronized void listensOn(int port) {
        Set<Integer> more = new HashSet<>(ports);
        more.add(port);
        this.ports = Set.copyOf(more);
    }

    /** Reads the addresses anew. If that fails, those known before stay and one line is logged. */
    public void refresh() {
        try {
            this.own = snapshot();
        } catch (RuntimeException e) { // whatever it is: a check with old addresses beats none
            logger.warn("Cannot read the addresses of this machine, going on with those known before", e);
        }
    }

    /**
     * {@return whether a connection to the address and port would end in the proxy}
     *
     * @param strict whether unlisted and embedded addresses count
     */
    boolean contains(InetAddress address, int port, boolean strict) {
        if (!ports.contains(port)) {
            return false;
        }
        return isOwn(address, strict) || (strict && carriesOwn(address));
    }

    private boolean isOwn(InetAddress address, boolean strict) {
        boolean unlisted = strict && (address.isLoopbackAddress() || address.isAnyLocalAddress());
        return unlisted || own.contains(address);
    }

    private boolean carriesOwn(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return false;
        }
        long high = Ip.high(bytes);
        long low = Ip.low(bytes);
        for (Embedding form : Embedding.all()) {
            for (int reading = 0; form.holds(high, low) && reading < form.readings(); reading++) {
                boolean empty = form.isEmpty(high, low, reading);
                if (!empty && isOwn(Ip.ofV4(form.ipv4(high, low, reading)), true)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Set<InetAddress> snapshot() {
        return localAddresses.get().stream().map(Ip::plain).collect(toUnmodifiableSet());
    }

    private static Collection<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }
}
