package io.smokescreen.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A listening socket as a supervisor holds it, of which descriptors are handed over. Linux only. */
public final class SharedListener implements AutoCloseable {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final ServerSocketChannel channel;
    private final int descriptor;

    private SharedListener(ServerSocketChannel channel, int descriptor) {
        this.channel = channel;
        this.descriptor = descriptor;
    }

    /** {@return one on a free port of 127.0.0.1, blocking as sockets are at first} */
    public static SharedListener open() {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            String port = "%04X".formatted(((InetSocketAddress) channel.getLocalAddress()).getPort());
            List<Path> opened = descriptors().stream()
                    .filter(path -> isListener(path, port))
                    .toList();
            if (opened.size() != 1) {
                throw new AssertionError("expected one descriptor, but there are " + opened);
            }
            return new SharedListener(
                    channel, Integer.parseInt(opened.get(0).getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the supervisor's own descriptor} */
    public int descriptor() {
        return descriptor;
    }

    /** {@return one more descriptor of the socket, for a proxy to own; this makes the socket non-blocking} */
    public int handOver() {
        try {
            Socket mailbox = Socket.newSocketDomainDgram();
            try {
                DomainSocketAddress name = new DomainSocketAddress("\0test-" + UUID.randomUUID());
                mailbox.bind(name);
                mailbox.connect(name);
                mailbox.sendFd(descriptor);
                return mailbox.recvFd();
            } finally {
                mailbox.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Accepts a connection that nobody else has taken, and answers one request head with the text. */
    public void answer(String text) {
        try (var connection = channel.accept()) {
            TestOrigin.readHead(connection.socket().getInputStream());
            connection.socket().getOutputStream().write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether an epoll instance of this process still watches the socket} */
    public boolean isWatched() {
        try {
            String inode = "ino:" + Long.toHexString(inode(DESCRIPTORS.resolve(String.valueOf(descriptor))));
            for (Path path : descriptors()) {
                if (target(path).equals("anon_inode:[eventpoll]")
                        && Files.readString(Path.of(
                                        "/proc/self/fdinfo", path.getFileName().toString()))
                                .lines()
                                .anyMatch(line -> line.startsWith("tfd:") && line.contains(inode + " "))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isListener(Path path, String port) {
        String target = target(path);
        if (!target.startsWith("socket:[")) {
            return false;
        }
        String inode = String.valueOf(inode(path));
        try (Stream<String> v4 = Files.lines(Path.of("/proc/self/net/tcp"));
                Stream<String> v6 = Files.lines(Path.of("/proc/self/net/tcp6"))) {
            return Stream.concat(v4, v6)
                    .map(line -> line.trim().split("\\s+", -1))
                    .anyMatch(columns -> columns[1].endsWith(":" + port) && columns[9].equals(inode));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long inode(Path path) {
        return Long.parseLong(target(path).replaceAll("\\D", ""));
    }

    private static String target(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) { // closed meanwhile
            return "";
        }
    }

    private static List<Path> descriptors() throws IOException {
        try (Stream<Path> paths = Files.list(DESCRIPTORS)) {
            return paths.toList();
        }
    }
}
