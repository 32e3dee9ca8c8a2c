package io.smokescreen.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordFileTest {

    private static final String REST = "abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

    @Test
    void users_areReadWithTheirHashes() {
        PasswordFile file = PasswordFile.parse("users", """
                # made by htpasswd -B
                web:$2y$05$%1$s

                böb smith:$2a$14$%1$s\r
                batch:$2b$04$%1$s""".formatted(REST));

        assertThat(file.hashes())
                .hasSize(3)
                .containsEntry("web", "$2y$05$" + REST)
                .containsEntry("böb smith", "$2a$14$" + REST)
                .containsEntry("batch", "$2b$04$" + REST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web                       | does not begin with a user",
                ":$2y$05$REST              | does not begin with a user",
                "a\\u0007b:$2y$05$REST     | does not begin with a user",
                "web:secret                | is not hashed with bcrypt",
                "web:                      | is not hashed with bcrypt",
                "web:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ= | is not hashed with bcrypt",
                "web:$apr1$REST            | is not hashed with bcrypt",
                "web:$2x$05$REST           | is not hashed with bcrypt",
                "web:$2$05$REST            | is not hashed with bcrypt",
                "web:$2y$5$REST            | is not hashed with bcrypt",
                "web:$2y$05$RESTa          | is not hashed with bcrypt",
                "web:$2y$05$REST:comment   | is not hashed with bcrypt",
                "web:$2y$03$REST           | has the cost 3 (expected 4 to 14)",
                "web:$2y$15$REST           | has the cost 15 (expected 4 to 14)",
                "web:$2y$31$REST           | has the cost 31 (expected 4 to 14)",
                "ok:$2y$05$REST            | is there twice",
            })
    void badLine_isRefusedByItsNumberWithoutItsHash(String line, String problem) {
        String text = "ok:$2y$05$REST\n" + line.replace("\\u0007", "\u0007") + "\n";

        assertThatThrownBy(() -> PasswordFile.parse("users", text.replace("REST", REST)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("users:2: ")
                .hasMessageContaining(problem)
                .hasMessageNotContainingAny(REST, "secret", "5en6G6");
    }

    @Test
    void fileWithoutUsers_isRefused() {
        assertThatThrownBy(() -> PasswordFile.parse("users", "# nobody\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("users: has no user (expected lines as 'htpasswd -B' writes them)");
    }

    @Test
    void fileThatCannotBeRead_isRefused(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("users");
        assertThatThrownBy(() -> PasswordFile.read(file)).hasMessage(file + ": no such file");

        Files.write(file, new byte[] {'a', ':', (byte) 0xff});
        assertThatThrownBy(() -> PasswordFile.read(file)).hasMessageContaining("a byte that is not UTF-8");
    }
}
