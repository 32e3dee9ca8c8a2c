package io.smokescreen.cli.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which files change, on a real file system. */
@Timeout(60)
class FileWatcherTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration QUIET = Duration.ofMillis(30);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    /** What the file held at each call. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private Path file;
    private @Nullable FileWatcher watcher;

    @AfterEach
    void close() {
        if (watcher != null) {
            watcher.close();
        }
    }

    @BeforeEach
    void writeFile() throws IOException {
        file = Files.writeString(folder.resolve("acl.yaml"), "old");
    }

    /** Events alone: the next regular look is an hour away. */
    @Nested
    class ByEvents {

        @Test
        void writtenInPlace_isReported() throws IOException {
            byEvents(file);
            Files.writeString(file, "new");

            awaitSeen("new");
        }

        @Test
        void renamedOver_isReported() throws IOException {
            byEvents(file);
            for (String content : List.of("1", "2", "3")) {
                replace(file, content);
                awaitSeen(content);
            }
        }

        @Test
        void deletedAndMadeAgain_isReported() throws IOException {
            byEvents(file);
            Files.delete(file);
            awaitSeen("(missing)");
            Files.writeString(file, "new");
            awaitSeen("new");
        }

        @Test
        void kubernetesVolumeSwapped_isReportedEachTime() throws IOException {
            Path volume = Files.createDirectory(folder.resolve("volume"));
            swapData(volume, "1");
            file = Files.createSymbolicLink(volume.resolve("acl.yaml"), Path.of("..data/acl.yaml"));
            byEvents(file);
            for (String content : List.of("2", "3", "4")) {
                swapData(volume, content);
                awaitSeen(content);
            }
        }

        @Test
        void directoryGoneAndBack_isReportedAndWatchedFurther() throws IOException {
            Path directory = Files.createDirectory(folder.resolve("directory"));
            file = Files.writeString(directory.resolve("acl.yaml"), "old");
            byEvents(file);
            Files.delete(file);
            Files.delete(directory);
            awaitSeen("(missing)");
            Files.createDirectory(directory);
            Files.writeString(file, "back");
            awaitSeen("back");
            Files.writeString(file, "new");
            awaitSeen("new");
        }

        @Test
        void writtenInParts_isReportedAtLastAsAWhole() throws IOException {
            byEvents(file);
            Files.writeString(file, "one ");
            Files.writeString(file, "two ", StandardOpenOption.APPEND);
            Files.writeString(file, "three", StandardOpenOption.APPEND);

            awaitSeen("one two three");
            assertThat(seen).hasSizeLessThanOrEqualTo(2);
        }

        @Test
        void writtenWithTheSameContent_isNotReported() throws IOException {
            Path other = Files.writeString(folder.resolve("other"), "old");
            byEvents(file, other);
            replace(file, "old");
            Files.writeString(other, "new");
            await().until(() -> !seen.isEmpty());

            assertThat(seen).containsExactly("old");
        }

        @Test
        void changedBetweenConstructionAndStart_isReported() throws IOException {
            watcher = new FileWatcher(List.of(file), FileWatcherTest.this::look, DirectoryHints.orNone(), times(NEVER));
            Files.writeString(file, "new");
            watcher.start();

            awaitSeen("new");
        }

        @Test
        void callbackThatThrows_doesNotEndTheWatching() throws IOException {
            Runnable failing = () -> {
                look();
                throw new IllegalStateException("a callback that fails, on purpose");
            };
            watcher = new FileWatcher(List.of(file), failing, DirectoryHints.orNone(), times(NEVER));
            watcher.start();
            replace(file, "1");
            awaitSeen("1");
            replace(file, "2");
            awaitSeen("2");
        }
    }

    /** Looking alone, as on a file system without events. */
    @Nested
    class ByLooking {

        @Test
        void renamedOver_isReported() throws IOException {
            byLooking(file);
            replace(file, "new");

            awaitSeen("new");
        }

        /** The events of a directory that is moved away go with it. */
        @Test
        void directoryReplaced_isReported() throws IOException {
            Path directory = Files.createDirectory(folder.resolve("directory"));
            file = Files.writeString(directory.resolve("acl.yaml"), "old");
            Path next = Files.createDirectory(folder.resolve("next"));
            Files.writeString(next.resolve("acl.yaml"), "new");
            byLooking(file);
            Files.move(directory, folder.resolve("previous"));
            Files.move(next, directory);

            awaitSeen("new");
        }

        @Test
        void contentThatNeverRests_isReportedAfterAllPatience() throws IOException {
            FileWatcher.Times impatient = new FileWatcher.Times(QUIET, QUIET, Duration.ofMillis(1));
            ChangeHints restless = new ChangeHints() {
                private int looks;

                @Override
                public void watch(Map<Path, Set<Path>> names) {
                    replaceUnchecked(String.valueOf(looks++)); // at each look
                }

                @Override
                public void await(Duration limit) {}

                @Override
                public void close() {}
            };
            watcher = new FileWatcher(List.of(file), FileWatcherTest.this::look, restless, impatient);
            watcher.start();

            await().until(() -> seen.size() > 2);
        }
    }

    @Test
    void watch_otherFiles_reportsTheNewOnesAndNoMoreTheOld() throws IOException {
        Path next = Files.writeString(folder.resolve("next"), "content");
        FileWatcher looking = byLooking(file);
        looking.watch(List.of(next));
        await().until(() -> seen.equals(List.of("old"))); // it may have changed since it was read

        Files.writeString(file, "unnoticed");
        Files.writeString(next, "changed");
        await().until(() -> seen.equals(List.of("old", "unnoticed")));
    }

    @Test
    void close_endsTheThread() throws IOException {
        FileWatcher ended = byEvents(file);
        ended.close();

        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("smokescreen-file-watcher"));
        ended.close();
    }

    private FileWatcher byEvents(Path... files) {
        return start(DirectoryHints.orNone(), NEVER, files);
    }

    private FileWatcher byLooking(Path... files) {
        return start(ChangeHints.none(), QUIET, files);
    }

    private FileWatcher start(ChangeHints hints, Duration poll, Path... files) {
        FileWatcher started = new FileWatcher(List.of(files), this::look, hints, times(poll));
        watcher = started;
        started.start();
        return started;
    }

    private static FileWatcher.Times times(Duration poll) {
        return new FileWatcher.Times(poll, QUIET, PATIENCE);
    }

    private void look() {
        try {
            seen.add(Files.exists(file) ? Files.readString(file) : "(missing)");
        } catch (IOException e) {
            seen.add(e.toString());
        }
    }

    private void awaitSeen(String content) {
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> !seen.isEmpty() && seen.get(seen.size() - 1).equals(content));
    }

    private void replaceUnchecked(String content) {
        try {
            replace(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void replace(Path file, String content) throws IOException {
        Path written = Files.writeString(file.resolveSibling("." + file.getFileName() + ".tmp"), content);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** As the kubelet does: a new directory, a new link to it, renamed over the old link. */
    private static void swapData(Path volume, String content) throws IOException {
        Path data = Files.createDirectory(volume.resolve("..2026_" + content));
        Files.writeString(data.resolve("acl.yaml"), content);
        Path link = Files.createSymbolicLink(volume.resolve("..data_tmp"), data.getFileName());
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }
}
