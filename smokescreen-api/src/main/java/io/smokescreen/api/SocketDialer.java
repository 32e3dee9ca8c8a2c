package io.smokescreen.api;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletionStage;

/**
 * Opens the TCP connections to destinations and next hops, for applications that need to say how: from which local address, with
 * which socket options. Where to is not its choice.
 *
 * <p><b>When:</b> for each connection, after the address was vetted. Go counterpart: {@code Config.ProxyDialTimeout}.
 *
 * <p><b>Thread:</b> must be thread-safe and return immediately (no remote calls); it is called on an event loop and completes its
 * answer on whatever thread.
 *
 * <p><b>Failures:</b> a throw, a {@code null}, a failed answer, or a channel that is not connected to the very address that was
 * asked for is a failure to connect; such a channel is closed, and nothing is sent through it. So is one that comes later than
 * the connect timeout. What is not an {@code IOException} is logged, the first time.
 *
 * <p><b>Who sees it:</b> the destination.
 *
 * <p>Channels of the JDK can be driven by {@code NIO} only, so a proxy with a dialer uses that transport. The proxy sets the
 * socket options that all of its connections have: no delay, keep-alive.
 *
 * <pre>{@code
 * SocketDialer fromSecondAddress = address -> CompletableFuture.supplyAsync(() -> {
 *     try {
 *         SocketChannel channel = SocketChannel.open();
 *         try {
 *             channel.bind(new InetSocketAddress(secondAddress, 0)).connect(address);
 *             return channel;
 *         } catch (IOException e) {
 *             channel.close(); // what is not handed over is the dialer's own
 *             throw e;
 *         }
 *     } catch (IOException e) {
 *         throw new CompletionException(e);
 *     }
 * }, pool);
 * }</pre>
 */
@FunctionalInterface
public interface SocketDialer {

    /**
     * {@return completed with a connected channel, which belongs to the proxy from then on}
     *
     * @param address a vetted address and port, resolved
     * @throws Exception for whatever reason; it is a failure to connect
     */
    CompletionStage<SocketChannel> connect(InetSocketAddress address) throws Exception;
}
