package io.smokescreen.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each hook of the example leaves its trace in what it prints. */
class HooksTest {

    @Test
    @Timeout(120)
    void each_hook_is_called() throws Exception {
        PrintStream original = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            Hooks.main(new String[0]);
        } finally {
            System.setOut(original);
        }

        assertThat(printed.toString(UTF_8).replace("\r\n", "\n"))
                .containsSubsequence(
                        "Role 'payments'  ->  200\n",
                        "  X-Request-Id: ",
                        "  X-Server-Ip: 127.0.0.1\n",
                        "  body: Hello from the origin\n",
                        "Role 'batch'  ->  407\n",
                        "  X-Help: https://wiki.example.com/egress#gate-denied\n",
                        "the service is frozen",
                        "Role 'partners'  ->  200\n",
                        "  body: Hello from the origin\n",
                        "Health  ->  ready\n",
                        "The next hop was sent X-Request-Id: ",
                        "Decided: allowed, no ACL is configured\n",
                        "Decided: denied, the service is frozen\n",
                        "Closed: ");
    }
}
