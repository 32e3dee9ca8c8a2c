package io.smokescreen.internal.address;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.util.concurrent.EventExecutor;
import io.smokescreen.api.Resolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The built-in DNS client. Netty sends the questions and reads the messages; which answers are believed, which server is
 * asked next and what is remembered is decided here ({@link DnsLookup}, {@link DnsChain}, {@link DnsAnswer}).
 *
 * <p>Each question has a random id and goes out from a socket, and so from a port, of its own; an answer counts only with
 * that id, from that server, to that very question. Names are absolute: search domains are not used. There are no sockets
 * between lookups.
 *
 * <p>Thread safety: safe from any thread. A lookup runs on the event loop it is called on, if it is one of the group.
 */
public final class DnsResolver implements Resolver, AutoCloseable {

    private final List<DnsClient> clients = new ArrayList<>();
    private final List<InetSocketAddress> servers;
    private final AddressFamilies families;
    private final Duration timeout;
    private final DnsAnswerCache cache;
    private final @Nullable DefaultHostsFileEntriesResolver hostsFile;
    private final Map<DnsLookup, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final AtomicInteger roundRobin = new AtomicInteger();

    /**
     * Creates a client. It opens nothing yet.
     *
     * @param settings what is asked where
     * @param group the event loops lookups run on
     * @param udp makes UDP sockets for the group
     * @param tcp makes TCP sockets for the group
     */
    public DnsResolver(
            Settings settings,
            EventLoopGroup group,
            ChannelFactory<? extends DatagramChannel> udp,
            ChannelFactory<? extends SocketChannel> tcp) {
        boolean ofSystem = settings.servers.isEmpty();
        this.servers = ofSystem ? DnsServers.ofSystem() : settings.servers;
        this.families = settings.families;
        this.timeout = settings.timeout;
        this.cache = new DnsAnswerCache(settings.cacheEntries, settings.maxTtlSeconds, System::nanoTime);
        this.hostsFile = ofSystem ? new DefaultHostsFileEntriesResolver() : null;
        for (EventExecutor loop : group) {
            clients.add(new DnsClient((EventLoop) loop, timeout, families, udp, tcp));
        }
    }

    @Override
    public CompletionStage<List<InetAddress>> resolve(String name) {
        List<InetAddress> known = known(name);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        DnsClient client = client();
        DnsLookup lookup = new DnsLookup(
                name, client, servers, families, result, (addresses, ttl) -> cache.put(name, addresses, ttl));
        EventExecutor loop = client.loop();
        underWay.put(lookup, result);
        var unused = result.whenComplete((addresses, cause) -> {
            underWay.remove(lookup);
            if (cause != null) { // failed by the lookup itself, cancelled by whoever asked, or closed
                run(loop, lookup::abandon, result);
            }
        });
        run(loop, () -> lookup.start(timeout), result);
        return result;
    }

    /** Fails the lookups under way and closes their sockets. Call it before the event loops end. */
    @Override
    public void close() {
        underWay.forEach(
                (lookup, result) -> result.completeExceptionally(new LookupException("lookup", "resolver closed")));
        clients.forEach(DnsClient::close);
    }

    private @Nullable List<InetAddress> known(String name) {
        List<InetAddress> listed = hostsFile == null ? null : hostsFile.addresses(name, families.resolvedTypes());
        return listed == null || listed.isEmpty() ? cache.get(name) : listed;
    }

    private DnsClient client() {
        for (DnsClient client : clients) {
            if (client.loop().inEventLoop()) {
                return client;
            }
        }
        return clients.get(Math.floorMod(roundRobin.getAndIncrement(), clients.size()));
    }

    private static void run(EventExecutor loop, Runnable step, CompletableFuture<?> result) {
        if (loop.inEventLoop()) {
            step.run();
            return;
        }
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) { // the proxy was closed
            result.completeExceptionally(e);
        }
    }

    /**
     * What is asked where.
     *
     * @param servers the servers, in the order they are asked; empty for those of the system, and then the hosts file is
     *     read first
     * @param timeout how long a lookup may take, all servers and retries together
     * @param families the records asked for
     * @param cacheEntries how many names are remembered; 0 for none
     * @param maxTtlSeconds how long at most
     */
    public record Settings(
            List<InetSocketAddress> servers,
            Duration timeout,
            AddressFamilies families,
            int cacheEntries,
            int maxTtlSeconds) {

        /** Copies the list. */
        public Settings {
            servers = List.copyOf(servers);
        }
    }

    /** A failed lookup with a reason in our own words, which may be shown to the client. */
    static final class LookupException extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        private final String reason;

        LookupException(String name, String reason) {
            super(name + ": " + reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }

        /** Expected, and made for many requests: it needs no trace. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
