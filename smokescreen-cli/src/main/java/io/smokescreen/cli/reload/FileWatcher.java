package io.smokescreen.cli.reload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls back when the content of files has changed, however that came about: written in place, another file renamed over
 * it, a symbolic link on the way to it swapped (as Kubernetes does with {@code ..data}), deleted and made again.
 *
 * <p>What counts is a hash of the content, compared every few seconds. Events of the file system only make it look earlier;
 * none is relied on, since they get lost when a directory is replaced, on network file systems and when queues overflow.
 * After a change it waits until the content stays as it is, so that a file that is half written is rarely reported, and one
 * that is complete always.
 *
 * <p>Thread safety: all methods are safe from any thread. The callback runs on a thread of its own, one call at a time.
 */
public final class FileWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatcher.class);

    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    /**
     * When to look.
     *
     * @param poll how often at least
     * @param quiet how long the content must stay the same before it is reported
     * @param patience after how long it is reported although it has not
     */
    record Times(Duration poll, Duration quiet, Duration patience) {

        static final Times STANDARD = new Times(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(10));
    }

    private final Runnable changed;
    private final ChangeHints hints;
    private final Times times;
    private final Thread thread = new Thread(this::run, "smokescreen-file-watcher");

    /** By file, what the callback knows of. Guarded by this. */
    private Map<Path, Fingerprint> known = new HashMap<>();

    private volatile boolean closed;

    /**
     * Takes the present content as known. So make one before the files are read: what changes while they are is then
     * reported.
     *
     * @param files the files; they need not exist
     * @param changed called when the content of one or more has changed, also when one is gone; it may block, and what it
     *     throws is logged
     */
    public FileWatcher(Collection<Path> files, Runnable changed) {
        this(files, changed, DirectoryHints.orNone(), Times.STANDARD);
    }

    FileWatcher(Collection<Path> files, Runnable changed, ChangeHints hints, Times times) {
        this.changed = changed;
        this.hints = hints;
        this.times = times;
        thread.setDaemon(true);
        for (Path file : files) {
            known.put(file.toAbsolutePath(), Fingerprint.of(file));
        }
    }

    /**
     * Watches other files from here on. Those that are new are reported once: they may have changed since they were read.
     *
     * @param files all that are to be watched
     */
    public synchronized void watch(Collection<Path> files) {
        Map<Path, Fingerprint> next = new HashMap<>();
        for (Path file : files) {
            Path absolute = file.toAbsolutePath();
            next.put(absolute, known.getOrDefault(absolute, Fingerprint.UNKNOWN));
        }
        known = next;
    }

    /** Begins to call back. Call it once. */
    public void start() {
        thread.start();
    }

    /** Ends; a callback that runs is interrupted, and none follows. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(END_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts wants no waiting; the thread is a daemon
        }
    }

    private void run() {
        try (hints) {
            while (!closed) {
                try {
                    look();
                } catch (RuntimeException e) { // one failure must not end the watching for good
                    LOG.error("failed while looking for changed files, going on", e);
                }
                hints.await(times.poll());
                pause(); // after one event follow more, and whoever makes a storm of them must not keep this busy
            }
        } catch (InterruptedException e) {
            LOG.debug("watching files has ended");
        }
    }

    private void look() throws InterruptedException {
        Map<Path, Fingerprint> now = present();
        if (now.equals(known())) {
            return;
        }
        now = settled(now);
        if (!report(now) || closed) {
            return;
        }
        changed.run();
    }

    private Map<Path, Fingerprint> settled(Map<Path, Fingerprint> first) throws InterruptedException {
        long deadline = System.nanoTime() + times.patience().toNanos();
        Map<Path, Fingerprint> earlier = first;
        while (true) {
            pause();
            Map<Path, Fingerprint> later = present();
            if (later.equals(earlier) || System.nanoTime() - deadline > 0) {
                return later;
            }
            earlier = later;
        }
    }

    private void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(times.quiet().toNanos());
    }

    private Map<Path, Fingerprint> present() {
        Collection<Path> files = known().keySet();
        hints.watch(LinkChain.of(files)); // before looking, so that nothing that follows is lost
        Map<Path, Fingerprint> now = new HashMap<>();
        files.forEach(file -> now.put(file, Fingerprint.of(file)));
        return now;
    }

    private synchronized Map<Path, Fingerprint> known() {
        return Map.copyOf(known);
    }

    /** Takes note of the content of files that are still watched; returns whether that is news. */
    private synchronized boolean report(Map<Path, Fingerprint> now) {
        Map<Path, Fingerprint> next = new HashMap<>(known);
        next.replaceAll((file, before) -> now.getOrDefault(file, before));
        boolean news = !next.equals(known);
        known = next;
        return news;
    }
}
