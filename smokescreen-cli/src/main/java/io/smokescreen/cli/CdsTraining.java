package io.smokescreen.cli;

import io.smokescreen.Smokescreen;
import io.smokescreen.SmokescreenBuilder;
import io.smokescreen.cli.logging.LogConfigurator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * What {@code bin/smokescreen} runs once to record the classes a start needs ({@code -XX:ArchiveClassesAtExit}): a proxy on
 * a free loopback port takes one request and one tunnel to an origin of its own, then ends in good order. Nothing leaves
 * the machine.
 */
public final class CdsTraining {

    private static final int SOCKET_TIMEOUT_MILLIS = 5_000;

    private CdsTraining() {}

    /**
     * Starts, uses and stops a proxy.
     *
     * @param arguments none
     * @throws IOException if the proxy does not answer; the archive is then made of what was loaded
     */
    public static void main(String[] arguments) throws IOException {
        Consumer<SmokescreenBuilder> asItIs = builder -> {};
        CommandLine.ParseResult flags = new Command(asItIs)
                .commandLine()
                .parseArgs("--listen-ip", "127.0.0.1", "--listen-port", "0", "--allow-range", "127.0.0.0/8");
        ProxyAssembly assembly =
                new ProxyAssembly(Flags.configuration(flags), () -> Flags.configuration(flags), asItIs);
        try (ServerSocket origin = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
                Smokescreen proxy = assembly.builder().start()) {
            Signals.install();
            LoggerFactory.getLogger(CdsTraining.class).info("training");
            String authority = "127.0.0.1:" + origin.getLocalPort();
            request(proxy, "GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n\r\n", origin);
            request(proxy, "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n", origin);
        } finally {
            LogConfigurator.flushAndStop();
        }
    }

    /** Sends a request, answers it at the origin and reads what comes back, if only its first bytes. */
    private static void request(Smokescreen proxy, String head, ServerSocket origin) throws IOException {
        InetSocketAddress address = proxy.address();
        origin.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
            client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            try (Socket accepted = origin.accept()) {
                accepted.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream response = client.getInputStream();
                if (response.read() < 0) {
                    throw new IOException("the proxy closed the connection");
                }
            }
        }
    }
}
