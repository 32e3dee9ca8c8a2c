package io.smokescreen.cli.reload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Makes the watcher look earlier than it would. One thread calls it. */
interface ChangeHints extends AutoCloseable {

    /** {@return one that hints at nothing} */
    static ChangeHints none() {
        return new ChangeHints() {
            @Override
            public void watch(Map<Path, Set<Path>> names) {}

            @Override
            public void await(Duration limit) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(limit.toNanos());
            }

            @Override
            public void close() {}
        };
    }

    /**
     * Watches these from here on.
     *
     * @param names by directory, the names in it that matter
     */
    void watch(Map<Path, Set<Path>> names);

    /** Returns when something has happened to one of them, at the latest after the limit. */
    void await(Duration limit) throws InterruptedException;

    @Override
    void close();
}
