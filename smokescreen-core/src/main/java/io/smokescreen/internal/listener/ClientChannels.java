package io.smokescreen.internal.listener;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The connections of clients that are open now. Safe from any thread. */
final class ClientChannels {

    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private volatile boolean noMore;

    void add(Channel channel) {
        channels.add(channel);
        channel.closeFuture().addListener(closed -> {
            channels.remove(channel);
            checkEmpty();
        });
        if (noMore) { // it was accepted in the last moment
            channel.close();
        }
    }

    int count() {
        return channels.size();
    }

    void forEach(Consumer<Channel> action) {
        channels.forEach(action);
    }

    /** No connection is added from here on, so that there is a last one. */
    void noMore() {
        noMore = true;
        checkEmpty();
    }

    /** Waits for the last connection to close; returns whether it did in time. */
    boolean awaitEmpty(Duration limit) throws InterruptedException {
        try {
            empty.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    private void checkEmpty() {
        if (noMore && channels.isEmpty()) {
            empty.complete(null);
        }
    }
}
