package io.smokescreen.internal.listener;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.smokescreen.api.SmokescreenException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A descriptor that another process opened and handed over. A number alone may be anything, a file of the JVM included, so
 * nothing is done with it before the kernel has said that it is a TCP socket that listens.
 *
 * <p>Linux only: it reads {@code /proc}, and the numbers of the options are Linux'.
 */
final class InheritedSocket {

    private static final int SOL_SOCKET = 1;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_PROTOCOL = 38;
    private static final int SO_DOMAIN = 39;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IPPROTO_TCP = 6;

    private static final int O_NONBLOCK = 04000;
    private static final Pattern FLAGS = Pattern.compile("^flags:\\s*([0-7]+)$", Pattern.MULTILINE);

    private InheritedSocket() {}

    /**
     * Checks what the descriptor is and makes it non-blocking.
     *
     * @return the address it listens on
     * @throws SmokescreenException if it is not a listening TCP socket, or cannot be made non-blocking
     */
    static InetSocketAddress prepare(int descriptor) {
        try {
            Path link = Path.of("/proc/self/fd/" + descriptor);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                throw unusable(descriptor, "it is not open");
            }
            String target = Files.readSymbolicLink(link).toString();
            if (!target.startsWith("socket:[")) {
                throw unusable(descriptor, "it is '" + target + "'");
            }
            InetSocketAddress address = requireListening(descriptor);
            if (!isNonBlocking(descriptor)) {
                makeNonBlocking(descriptor);
            }
            return address;
        } catch (IOException e) {
            throw new SmokescreenException("cannot inspect descriptor " + descriptor + ": " + e, e);
        }
    }

    private static InetSocketAddress requireListening(int descriptor) throws IOException {
        Socket socket = new Socket(descriptor);
        int domain = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
        if ((domain != AF_INET && domain != AF_INET6) || socket.getIntOpt(SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP) {
            throw unusable(descriptor, "it is a socket of another kind");
        }
        if (socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 0) {
            throw unusable(descriptor, "it is a TCP socket that does not listen");
        }
        return socket.localAddress();
    }

    private static SmokescreenException unusable(int descriptor, String what) {
        return new SmokescreenException("cannot listen on descriptor " + descriptor + ": " + what
                + " (expected an inherited TCP socket that is bound and listens)");
    }

    /**
     * Sets O_NONBLOCK. Processes that share a listening socket all wake up for one connection, and all but one would wait in
     * accept(2) for the next one, their event loop with them. Java has no fcntl(2), but Netty sets the flag on each
     * descriptor it receives over a Unix socket, and it belongs to the open socket, not to the descriptor. So the
     * descriptor is sent to ourselves. That the flag is set for everyone who shares the socket is what Go does too
     * ({@code net.FileListener}).
     */
    private static void makeNonBlocking(int descriptor) throws IOException {
        Socket mailbox = Socket.newSocketDomainDgram();
        try {
            DomainSocketAddress abstractName = new DomainSocketAddress("\0smokescreen-" + UUID.randomUUID());
            mailbox.bind(abstractName);
            mailbox.connect(abstractName); // from here on the kernel takes nothing from anyone else
            mailbox.sendFd(descriptor);
            int received = mailbox.recvFd();
            if (received > 0) {
                new FileDescriptor(received).close();
            }
        } finally {
            mailbox.close();
        }
        if (!isNonBlocking(descriptor)) {
            throw new SmokescreenException("cannot make descriptor " + descriptor
                    + " non-blocking (let the supervisor do it: Einhorn's ',n' or systemd's NonBlocking=true)");
        }
    }

    static boolean isNonBlocking(int descriptor) throws IOException {
        Matcher flags = FLAGS.matcher(Files.readString(Path.of("/proc/self/fdinfo/" + descriptor)));
        if (!flags.find()) {
            throw new IOException("no flags in /proc/self/fdinfo/" + descriptor);
        }
        return (Integer.parseInt(flags.group(1), 8) & O_NONBLOCK) != 0;
    }
}
