package io.smokescreen.cli.stats;

import io.smokescreen.ConnectionSnapshot;
import io.smokescreen.api.ConfigurationException;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.cli.http.AnswerServer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket {@code track-<pid>.sock}: HTTP over it answers every path with a JSON array of the open connections, as Go's
 * stats server does ({@code curl --unix-socket …/track-1.sock http://localhost/}).
 *
 * <p>Nobody can connect before the mode is set: the socket is made in a directory that only this user may enter, and moved to
 * its place when it is ready.
 */
public final class StatsSocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatsSocket.class);

    private static final int MAX_MODE = 0777;
    private static final Set<PosixFilePermission> ONLY_THIS_USER = PosixFilePermissions.fromString("rwx------");

    private final AnswerServer server;
    private final Path path;
    private final @Nullable Object inode;

    private StatsSocket(AnswerServer server, Path path, @Nullable Object inode) {
        this.server = server;
        this.path = path;
        this.inode = inode;
    }

    /**
     * Makes the socket and starts to answer. One that an ended process of the same pid has left is replaced.
     *
     * @param directory where; it must exist
     * @param mode who may connect, as a file mode of 0 to 0777; connecting needs the right to write
     * @param pid for the name
     * @param connections tells the open connections; called on the thread of this socket
     * @return the socket, listening
     * @throws ConfigurationException if there is no such directory, or something else in the place of the socket
     * @throws SmokescreenException if the socket cannot be made
     */
    public static StatsSocket start(
            Path directory, int mode, long pid, Supplier<List<ConnectionSnapshot>> connections) {
        check(directory);
        Set<PosixFilePermission> permissions = permissions(mode);
        Path path = directory.resolve("track-" + pid + ".sock");
        requireReplaceable(path);
        try {
            return start(directory, path, permissions, new ConnectionsJson(connections));
        } catch (IOException e) {
            throw new SmokescreenException("cannot listen on '" + path + "': " + e.getMessage(), e);
        }
    }

    /**
     * Checks a directory without making anything in it.
     *
     * @param directory where the socket is to be
     * @throws ConfigurationException if there is no such directory, or nothing can be made in it
     */
    public static void check(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException("'" + directory + "' is not a directory (expected one that exists)");
        }
        if (!Files.isWritable(directory)) {
            throw new ConfigurationException("'" + directory + "' cannot be written to (expected that it can)");
        }
    }

    private static StatsSocket start(
            Path directory, Path path, Set<PosixFilePermission> permissions, ConnectionsJson answers)
            throws IOException {
        Path hidden = directory.resolve(
                "." + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 30), Character.MAX_RADIX));
        Files.createDirectory(hidden, PosixFilePermissions.asFileAttribute(ONLY_THIS_USER));
        Path unready = hidden.resolve("s"); // no longer than the path in the end: the system's limit is 107 bytes
        AnswerServer server = null;
        try {
            server = AnswerServer.start(UnixDomainSocketAddress.of(unready), "smokescreen-stats", answers);
            Files.setPosixFilePermissions(unready, permissions);
            Object inode = inode(unready);
            Files.move(unready, path, StandardCopyOption.ATOMIC_MOVE);
            return new StatsSocket(server, path, inode);
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                server.close();
            }
            throw e;
        } finally {
            Files.deleteIfExists(unready);
            Files.delete(hidden);
        }
    }

    private static void requireReplaceable(Path path) {
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && !attributes(path).isOther()) {
                throw new ConfigurationException("'" + path + "' is in the way (expected nothing there, or a socket)");
            }
        } catch (IOException e) {
            throw new SmokescreenException("cannot look at '" + path + "': " + e, e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        if (mode < 0 || mode > MAX_MODE) {
            throw new IllegalArgumentException(
                    "'" + Integer.toOctalString(mode) + "' is not a file mode (expected 0 to 777)");
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromHighest = PosixFilePermission.values(); // rwx of owner, group, others
        for (int i = 0; i < fromHighest.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(fromHighest[i]);
            }
        }
        return permissions;
    }

    /** {@return where it is} */
    public Path path() {
        return path;
    }

    /** Ends, and removes the socket unless another has taken its place. May be called again. */
    @Override
    public void close() {
        server.close();
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Objects.equals(inode, inode(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.warn("cannot remove '{}': {}", path, e.toString());
        }
    }

    private static @Nullable Object inode(Path path) throws IOException {
        return attributes(path).fileKey();
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
