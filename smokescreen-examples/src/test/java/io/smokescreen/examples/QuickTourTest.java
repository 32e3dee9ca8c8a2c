package io.smokescreen.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tour prints what it promises. */
class QuickTourTest {

    @Test
    @Timeout(120)
    void one_request_is_allowed_and_three_are_denied() throws Exception {
        String printed = printedBy(() -> QuickTour.main(new String[0]));

        assertThat(printed)
                .containsSubsequence(
                        "asks its clients for a certificate",
                        "a host on its list\n",
                        "->  200\n",
                        "  body: Hello from the origin\n",
                        "a host that is not\n",
                        "->  407\n",
                        "  code: acl-denied\n",
                        "evil.example.net",
                        "a private address on its list\n",
                        "->  407\n",
                        "  code: address-denied\n",
                        "Deny: Private Range",
                        "without an organizational unit\n",
                        "->  407\n",
                        "  code: role-missing\n");
    }

    private static String printedBy(Action action) throws Exception {
        PrintStream original = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            action.run();
        } finally {
            System.setOut(original);
        }
        return printed.toString(UTF_8).replace("\r\n", "\n");
    }

    private interface Action {
        void run() throws Exception;
    }
}
