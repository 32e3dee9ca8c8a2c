package custom;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the custom command as a process, with flags, and shows that its role function decides. */
public final class Check {

    private static final Pattern LISTENING = Pattern.compile("\"listen_address\":\"127\\.0\\.0\\.1:([0-9]+)\"");

    private static final String ACL =
            """
            version: v1
            services:
              - name: local
                project: shop
                action: enforce
                allowed_domains: [127.0.0.1]
            """;

    private Check() {}

    public static void main(String[] args) throws Exception {
        Path acl = Files.writeString(Files.createTempFile("acl", ".yaml"), ACL);
        Process process = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "custom.Main",
                        "--listen-ip=127.0.0.1",
                        "--listen-port=0",
                        "--egress-acl-file=" + acl))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            int port = port(out);
            // The address is a private one; that the ACL let it pass is seen from the code.
            String answer = ask(port, "CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n");
            require(answer.contains("X-Smokescreen-Error-Code: address-denied"), answer);
            String denied = ask(port, "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
            require(denied.contains("X-Smokescreen-Error-Code: acl-denied"), denied);
            require(lineWith(out, "CANONICAL-PROXY-DECISION").contains("\"role\":\"local\""), "the role in the log");
            process.destroy();
            require(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, "a graceful end");
        } finally {
            process.destroyForcibly();
        }
        System.out.println("custom main: ok");
    }

    private static int port(BufferedReader out) throws IOException {
        Matcher matcher = LISTENING.matcher(lineWith(out, "smokescreen listening"));
        require(matcher.find(), "an address that it listens on");
        return Integer.parseInt(matcher.group(1));
    }

    private static String lineWith(BufferedReader out, String message) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("\"msg\":\"" + message + "\"")) {
                return line;
            }
        }
        throw new AssertionError("no line '" + message + "'");
    }

    private static String ask(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
