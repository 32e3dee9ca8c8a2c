package io.smokescreen.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smokescreen.api.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    @TempDir
    Path folder;

    @Test
    void a_file_gives_what_its_keys_say() throws IOException {
        Configuration configuration = read("""
                ip: 127.0.0.1
                port: 4000
                connect_timeout: 1m30s
                max_request_rate: 0.5
                statsd_address: "127.0.0.1:8200"
                resolver_addresses:
                  - 192.0.2.53
                  - "[2001:db8::53]:5353"
                tls:
                  cert_file: server.pem
                  client_ca_files: [ca.pem, more.pem]
                """);

        assertThat(configuration.get(ListenSettings.IP)).isEqualTo("127.0.0.1");
        assertThat(configuration.get(ListenSettings.PORT)).isEqualTo(4000);
        assertThat(configuration.get(ConnectSettings.CONNECT_TIMEOUT)).isEqualTo(Duration.ofSeconds(90));
        assertThat(configuration.get(OperationSettings.MAX_REQUEST_RATE)).isEqualTo(0.5);
        assertThat(configuration.get(OperationSettings.STATSD_ADDRESS)).contains("127.0.0.1:8200");
        assertThat(configuration.get(ConnectSettings.RESOLVER_ADDRESSES)).hasSize(2);
        assertThat(configuration.get(TlsSettings.CERT_FILE)).contains(Path.of("server.pem"));
        assertThat(configuration.get(TlsSettings.CLIENT_CA_FILES))
                .containsExactly(Path.of("ca.pem"), Path.of("more.pem"));
        assertThat(configuration.isGiven(ConnectSettings.NETWORK)).isFalse();
    }

    /** As yaml.v2, and with it Go's Smokescreen, reads them; YAML 1.2 would make 644 and two texts of these. */
    @ParameterizedTest
    @ValueSource(strings = {"yes", "on", "true", "Y"})
    void a_scalar_is_read_by_the_type_that_its_key_wants(String yes) throws IOException {
        Configuration configuration = read("stats_socket_file_mode: 0640\nallow_missing_role: " + yes + "\nip: 0x7f\n");

        assertThat(configuration.get(OperationSettings.STATS_SOCKET_FILE_MODE)).isEqualTo(0640);
        assertThat(configuration.get(PolicySettings.ALLOW_MISSING_ROLE)).isTrue();
        assertThat(configuration.get(ListenSettings.IP)).isEqualTo("0x7f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "prot: 1 | 1:1: unknown key 'prot' | did you mean 'port'?",
                "tls: {cert: x} | 1:7: tls: unknown key 'cert' | did you mean 'cert_file'?",
                "port: 65536 | 1:7: port: '65536' is not a port | expected 0 to 65535",
                "port: [1] | 1:7: port: expected a text, found a list |",
                "port: | 1:6: port: expected a text, found nothing |",
                "deny_ranges: 10.0.0.0/8 | 1:14: deny_ranges: expected a list, found the text '10.0.0.0/8' |",
                "connect_timeout: 10 | 1:18: connect_timeout: '10' is not a duration | the unit is missing",
                "allow_missing_role: maybe | 1:21: allow_missing_role: expected true or false, found the text 'maybe' |",
                "stats_socket_file_mode: 0o700 | 1:25: stats_socket_file_mode: '0o700' is not a file mode | octal",
                "network: ip5 | 1:10: network: 'ip5' is not known | expected ip or ip4 or ip6",
                "resolver_addresses: [192.0.2.1, example.com] | 1:33: resolver_addresses[1]: 'example.com' | IP[:PORT]",
                "tls: yes | 1:6: tls: expected keys and values, found the text 'yes' |",
                "acl_file: '' | 1:11: acl_file: is empty |",
                "{port: 1, port: 2} | 1:11: the key 'port' stands twice |",
                "[] | 1:1: expected keys and values, found a list |",
            })
    void a_wrong_file_is_told_with_line_column_and_key(String text, String problem, String hint) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(folder.resolve("smokescreen.yaml").toString())
                .hasMessageContaining(problem)
                .hasMessageContaining(hint == null ? "" : hint);
    }

    @Test
    void what_is_no_single_document_of_reasonable_size_is_refused() {
        assertThatThrownBy(() -> read("port: 1\n---\nport: 2\n")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> read("")).hasMessageContaining("is empty (expected a configuration in YAML)");
        assertThatThrownBy(() -> read("[".repeat(10_000))).hasMessageContaining("nested deeper than 50 levels");
        assertThatThrownBy(() -> read("a: &a [x]\nb: [" + "*a,".repeat(60) + "]\n"))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Configuration.of(Optional.of(folder.resolve("missing.yaml")), Map.of()))
                .hasMessageEndingWith("missing.yaml: no such file");
    }

    private Configuration read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("smokescreen.yaml"), text);
        return Configuration.of(Optional.of(file), Map.of());
    }
}
