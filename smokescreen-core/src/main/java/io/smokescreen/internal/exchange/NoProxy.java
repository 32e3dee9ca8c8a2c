package io.smokescreen.internal.exchange;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.Destination;
import io.smokescreen.api.Host;
import io.smokescreen.internal.address.AddressTable;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which destinations are reached without a configured next hop, as Go's {@code golang.org/x/net/http/httpproxy} reads {@code
 * NO_PROXY}. It looks at what the client asks for, never at what a name resolves to. {@code localhost} and loopback addresses
 * always belong to it.
 *
 * <p>Thread safety: immutable.
 */
public final class NoProxy {

    private static final String EXPECTED =
            " (expected '*', an IP address, a range such as '10.0.0.0/8', a domain such as"
                    + " 'corp.example', '.corp.example' or '*.corp.example'; ':port' may follow all but ranges)";

    private final boolean all;
    private final AddressTable<Boolean> ranges;
    private final Set<String> hosts;
    private final Set<String> below;

    private NoProxy(Reader read) {
        this.all = read.all;
        this.ranges = AddressTable.of(read.ranges);
        this.hosts = Set.copyOf(read.hosts);
        this.below = Set.copyOf(read.below);
    }

    /**
     * {@return the destinations that these entries name}
     *
     * @param entries without commas; blanks around them do not matter, nor do empty ones
     * @throws ConfigurationException if one is none; the message names it and what would be right
     */
    public static NoProxy of(List<String> entries) {
        Reader reader = new Reader();
        entries.stream().map(String::strip).filter(entry -> !entry.isEmpty()).forEach(reader::add);
        return new NoProxy(reader);
    }

    /** {@return whether the destination is reached without a configured next hop} */
    boolean matches(Destination destination) {
        Host host = destination.host();
        Optional<InetAddress> address = host.address();
        boolean local = host.isLocalhost()
                || address.filter(InetAddress::isLoopbackAddress).isPresent();
        return all
                || local
                || hosts.contains(host.text())
                || hosts.contains(destination.toString())
                || (address.isPresent()
                        ? ranges.find(address.get()).isPresent()
                        : isBelow(host.text(), destination.port()));
    }

    private boolean isBelow(String name, int port) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            String parent = name.substring(dot + 1);
            if (below.contains(parent) || below.contains(parent + ":" + port)) {
                return true;
            }
        }
        return false;
    }

    /** Entries under construction. Hosts and parents stand with their port where they are meant for that one only. */
    private static final class Reader {

        private final Map<String, Boolean> ranges = new HashMap<>();
        private final Set<String> hosts = new HashSet<>();
        private final Set<String> below = new HashSet<>();
        private boolean all;

        void add(String entry) {
            if (entry.equals("*")) {
                all = true;
            } else if (entry.indexOf('/') >= 0) {
                addRange(entry);
            } else if (entry.startsWith(".") || entry.startsWith("*.")) {
                addBelow(entry);
            } else {
                addHost(entry);
            }
        }

        private void addRange(String entry) {
            try {
                ranges.put(entry, true);
                AddressTable.of(Map.of(entry, true));
            } catch (ConfigurationException e) {
                throw none(entry);
            }
        }

        private void addBelow(String entry) {
            String domain = entry.substring(entry.indexOf('.') + 1);
            below.add(key(entry, domain, true));
        }

        private void addHost(String entry) {
            String key = key(entry, entry, false);
            hosts.add(key);
            below.add(key); // of an address nothing is below
        }

        /** Returns the host in canonical form, with the port if there is one. */
        private static String key(String entry, String text, boolean nameOnly) {
            Optional<Host> alone = Host.tryParse(text)
                    .or(() -> Destination.tryParse(text, Destination.MAX_PORT)
                            .filter(bracketed -> text.endsWith("]"))
                            .map(Destination::host));
            Optional<Destination> withPort = alone.isPresent() ? Optional.empty() : Destination.tryParse(text);
            Host host = alone.or(() -> withPort.map(Destination::host)).orElseThrow(() -> none(entry));
            if (nameOnly && host.address().isPresent()) {
                throw none(entry);
            }
            return withPort.map(Destination::toString).orElse(host.text());
        }

        /** An entry that somebody took for a URL may hold a password. */
        private static ConfigurationException none(String entry) {
            String shown =
                    entry.indexOf('@') < 0 ? "'" + entry + "' is no such entry" : "an entry is none, with an '@'";
            return new ConfigurationException(shown + EXPECTED);
        }
    }
}
