package io.smokescreen.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.smokescreen.api.SmokescreenException;
import io.smokescreen.testing.OpenDescriptors;
import io.smokescreen.testing.SharedListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is accepted as a descriptor that was handed over. */
class InheritedSocketTest {

    @BeforeAll
    static void loadNativePart() {
        Epoll.ensureAvailability();
    }

    @Test
    void prepare_aBlockingSocket_makesItNonBlockingAndLeavesNothing() throws IOException {
        try (SharedListener listener = SharedListener.open()) {
            assertThat(InheritedSocket.isNonBlocking(listener.descriptor())).isFalse();
            long before = OpenDescriptors.sockets();

            assertThat(InheritedSocket.prepare(listener.descriptor())).isEqualTo(listener.address());

            assertThat(InheritedSocket.isNonBlocking(listener.descriptor())).isTrue();
            assertThat(OpenDescriptors.sockets()).isEqualTo(before);
        }
    }

    @Test
    void prepare_aDescriptorThatIsNotOpen_isAnError() {
        assertRefused(1_000_000, "it is not open");
    }

    @Test
    void prepare_aFile_isAnError(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        FileDescriptor opened = FileDescriptor.from(file.toFile());
        try {
            assertRefused(opened.intValue(), "it is '" + file.toRealPath() + "'");
        } finally {
            opened.close();
        }
    }

    @Test
    void prepare_aUdpSocket_isAnError() throws IOException {
        assertRefused(Socket.newSocketDgram(), "a socket of another kind");
    }

    @Test
    void prepare_aListeningUnixSocket_isAnError() throws IOException {
        Socket socket = Socket.newSocketDomain();
        socket.bind(new DomainSocketAddress("\0test-" + UUID.randomUUID()));
        socket.listen(1);

        assertRefused(socket, "a socket of another kind");
    }

    @Test
    void prepare_aTcpSocketThatDoesNotListen_isAnError() throws IOException {
        assertRefused(Socket.newSocketStream(), "a TCP socket that does not listen");
    }

    private static void assertRefused(Socket socket, String why) throws IOException {
        try {
            assertRefused(socket.intValue(), why);
        } finally {
            socket.close();
        }
    }

    private static void assertRefused(int descriptor, String why) {
        assertThatExceptionOfType(SmokescreenException.class)
                .isThrownBy(() -> InheritedSocket.prepare(descriptor))
                .withMessageStartingWith("cannot listen on descriptor " + descriptor + ": ")
                .withMessageContaining(why)
                .withMessageEndingWith("(expected an inherited TCP socket that is bound and listens)");
    }
}
