package io.smokescreen.cli.reload;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events of directories (inotify). Of other names in the same directories it takes no notice: there may be many. */
final class DirectoryHints implements ChangeHints {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryHints.class);

    private final WatchService service;
    private Map<WatchKey, Set<Path>> names = Map.of();
    private boolean complete = true;

    private DirectoryHints(WatchService service) {
        this.service = service;
    }

    /** {@return hints, or none where the system has no more to give} */
    static ChangeHints orNone() {
        try {
            return new DirectoryHints(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("files are looked at every few seconds only, the system gives no events: {}", e.toString());
            return ChangeHints.none();
        }
    }

    /**
     * Registers all directories each time: for one that is registered this changes nothing, and one that was replaced
     * by another of the same name is a new one.
     */
    @Override
    public void watch(Map<Path, Set<Path>> wanted) {
        Map<WatchKey, Set<Path>> next = new HashMap<>();
        boolean all = true;
        for (Map.Entry<Path, Set<Path>> entry : wanted.entrySet()) {
            WatchKey key = register(entry.getKey());
            all &= key != null;
            if (key != null) { // two paths may lead to one directory
                next.computeIfAbsent(key, unused -> new HashSet<>()).addAll(entry.getValue());
            }
        }
        names.keySet().stream().filter(key -> !next.containsKey(key)).forEach(WatchKey::cancel);
        names = next;
        if (complete && !all) {
            LOG.warn("some directories give no events, files in them are looked at every few seconds only");
        }
        complete = all;
    }

    private @Nullable WatchKey register(Path directory) {
        try {
            return directory.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (IOException e) {
            LOG.debug("no events of {}: {}", directory, e.toString());
            return null;
        }
    }

    @Override
    public void await(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            WatchKey key = service.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (key == null || matters(key)) {
                return;
            }
        }
    }

    private boolean matters(WatchKey key) {
        Set<Path> watched = names.getOrDefault(key, Set.of());
        boolean matters = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            matters |= event.kind() == StandardWatchEventKinds.OVERFLOW || watched.contains(event.context());
        }
        boolean directoryIsGone = !key.reset();
        return matters || (directoryIsGone && names.containsKey(key));
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.debug("cannot close the watch service", e);
        }
    }
}
