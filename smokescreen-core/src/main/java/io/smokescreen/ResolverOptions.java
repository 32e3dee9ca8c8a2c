package io.smokescreen;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How names are resolved when the application brings no {@link io.smokescreen.api.Resolver} of its own.
 *
 * <p>Thread safety: immutable.
 *
 * @param servers the DNS servers to ask, in order; the next one is asked when one fails. Empty: those of the system
 *     ({@code /etc/resolv.conf}), and the hosts file is read first
 * @param timeout the whole lookup, all servers and retries together. Then the answer is 504
 * @param network the address families asked for
 * @param cacheEntries how many names are remembered until their TTL, at most {@value #MAX_CACHED_SECONDS} seconds; 0 turns
 *     the cache off. What comes out of the cache is judged again for each request
 */
public record ResolverOptions(List<InetSocketAddress> servers, Duration timeout, Network network, int cacheEntries) {

    /** Default of {@link #timeout}, in seconds: {@value}. */
    public static final int DEFAULT_TIMEOUT_SECONDS = 5;

    /** Default of {@link #cacheEntries}: {@value}. */
    public static final int DEFAULT_CACHE_ENTRIES = 10_000;

    /** The longest an answer is remembered, whatever its TTL, in seconds: {@value}. */
    public static final int MAX_CACHED_SECONDS = 300;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the timeout is under a millisecond, {@code cacheEntries} is negative or a server
     *     is not an address
     */
    public ResolverOptions {
        servers = List.copyOf(servers);
        Preconditions.positive(timeout, "timeout");
        requireNonNull(network, "network");
        if (cacheEntries < 0) {
            throw new IllegalArgumentException("cacheEntries is " + cacheEntries + " (expected 0 or more)");
        }
        for (InetSocketAddress server : servers) {
            if (server.isUnresolved()) {
                throw new IllegalArgumentException("DNS server '" + server + "' (expected an IP address and a port)");
            }
        }
    }

    /** {@return the servers and the hosts file of the system, with the cache on} */
    public static ResolverOptions system() {
        return servers(List.of());
    }

    /**
     * {@return these servers, with the cache on}
     *
     * @param servers the DNS servers to ask, in order
     */
    public static ResolverOptions servers(List<InetSocketAddress> servers) {
        return new ResolverOptions(
                servers, Duration.ofSeconds(DEFAULT_TIMEOUT_SECONDS), Network.IP, DEFAULT_CACHE_ENTRIES);
    }

    /**
     * {@return these with another {@link #timeout}}
     *
     * @param value at least a millisecond
     */
    public ResolverOptions withTimeout(Duration value) {
        return new ResolverOptions(servers, value, network, cacheEntries);
    }

    /**
     * {@return these with another {@link #network}}
     *
     * @param value the address families asked for
     */
    public ResolverOptions withNetwork(Network value) {
        return new ResolverOptions(servers, timeout, value, cacheEntries);
    }

    /**
     * {@return these with another {@link #cacheEntries}}
     *
     * @param value 0 or more
     */
    public ResolverOptions withCacheEntries(int value) {
        return new ResolverOptions(servers, timeout, network, value);
    }
}
