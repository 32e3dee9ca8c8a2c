package io.smokescreen.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the addresses of a name.
 *
 * <p><b>When:</b> once per request for a name, after the ACL allowed it; never for IP literals and never for
 * {@code localhost}. Nothing resolves the name a second time: the proxy connects to one of the addresses returned here,
 * after the {@link AddressFilter} allowed that very address. Go counterpart: {@code Config.Resolver}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately; the answer comes through the stage, from any thread.
 *
 * <p><b>Failures:</b> a throw, a {@code null}, an empty list or an {@link UnknownHostException} is answered with 502; a
 * {@link java.util.concurrent.TimeoutException} or an answer later than the DNS timeout with 504.
 *
 * <p><b>Who sees it:</b> the address filter judges every address; the log holds the one connected to.
 *
 * <pre>{@code
 * Resolver fromTable = name -> CompletableFuture.completedFuture(table.addressesOf(name));
 * }</pre>
 */
@FunctionalInterface
public interface Resolver {

    /**
     * {@return its addresses, in order of preference}
     *
     * @param name a canonical DNS name: lower case, no trailing dot
     */
    CompletionStage<List<InetAddress>> resolve(String name);

    /**
     * {@return a resolver that knows just these names}
     *
     * @param addresses the addresses of each name, names in canonical form
     */
    static Resolver fixed(Map<String, List<InetAddress>> addresses) {
        Map<String, List<InetAddress>> table = Map.copyOf(addresses);
        return name -> {
            List<InetAddress> found = table.get(name);
            return found == null
                    ? CompletableFuture.failedFuture(new UnknownHostException(name))
                    : CompletableFuture.completedFuture(found);
        };
    }
}
