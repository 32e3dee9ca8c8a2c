package io.smokescreen.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsTest {

    /** The flags of Go's Smokescreen at its newest public commit, from its README and its {@code --help}. */
    private static final String FLAGS_OF_GO = """
            --listen-ip --listen-port --timeout --proxy-protocol --deny-range --allow-range --deny-address --allow-address
            --egress-acl-file --expose-prometheus-metrics --prometheus-endpoint --prometheus-port --prometheus-listen-ip
            --resolver-address --statsd-address --tls-server-bundle-file --tls-client-ca-file --tls-crl-file
            --additional-error-message-on-deny --disable-acl-policy-action --stats-socket-dir --stats-socket-file-mode
            --unsafe-allow-private-ranges --upstream-http-proxy-addr --upstream-https-proxy-addr
            --max-concurrent-requests --max-request-rate --max-request-burst --max-concurrent-connect-tunnels
            --dns-timeout
            """;

    private static final String KEYS_OF_GO = """
            ip port deny_ranges allow_ranges deny_addresses allow_addresses resolver_addresses statsd_address acl_file
            support_proxy_protocol deny_message_extra allow_missing_role network connect_timeout idle_timeout exit_timeout
            read_header_timeout read_timeout write_timeout stats_socket_dir stats_socket_file_mode transport_max_idle_conns
            transport_max_idle_conns_per_host time_connect tls.cert_file tls.key_file tls.client_ca_files tls.crl_files
            unsafe_allow_private_ranges mitm_ca_cert_file mitm_ca_key_file max_concurrent_requests max_request_rate
            max_request_burst max_concurrent_connect_tunnels dns_timeout
            """;

    @Test
    void every_flag_of_go_is_there() {
        assertThat(Settings.ALL.stream().map(Setting::flag)).containsAll(words(FLAGS_OF_GO));
    }

    @Test
    void every_key_of_go_is_there() {
        assertThat(Settings.ALL.stream().map(Setting::key)).containsAll(words(KEYS_OF_GO));
    }

    @Test
    void every_setting_has_one_flag_and_one_key_of_its_own() {
        Set<String> names = new HashSet<>();
        assertThat(Settings.ALL).allSatisfy(setting -> {
            assertThat(names.add(setting.flag())).isTrue();
            assertThat(names.add(setting.key())).isTrue();
            assertThat(setting.flag()).matches("--[a-z]+(-[a-z]+)*");
            assertThat(setting.key()).matches("([a-z]+\\.)?[a-z0-9]+(_[a-z]+)*");
        });
    }

    @Test
    void every_setting_tells_what_it_takes_and_does() {
        assertThat(Settings.ALL).allSatisfy(setting -> {
            assertThat(setting.description()).endsWith(setting.description().endsWith("*") ? "*" : ".");
            assertThat(setting.defaultText()).isNotBlank();
            assertThat(setting.valueName().isEmpty()).isEqualTo(setting.shape() == Setting.Shape.SWITCH);
        });
    }

    /** What help and documentation call the default is the value that is used. */
    @Test
    void the_text_of_a_default_is_read_as_the_default() {
        for (Setting<?> setting : Settings.ALL) {
            Optional<Object> read = read(setting, setting.defaultText());
            read.ifPresent(value -> assertThat(value).as(setting.flag()).isEqualTo(setting.defaultValue()));
        }
        assertThat(Settings.ALL.stream()
                        .filter(setting -> read(setting, setting.defaultText()).isPresent())
                        .count())
                .isGreaterThan(20);
    }

    private static Optional<Object> read(Setting<?> setting, String text) {
        boolean prose = setting.isList()
                || !(setting.defaultValue() instanceof Number
                        || setting.defaultValue() instanceof Boolean
                        || setting.defaultValue() instanceof java.time.Duration
                        || setting.defaultValue() instanceof Enum<?>)
                || text.contains(",");
        return prose ? Optional.empty() : Optional.of(setting.read(List.of(text)));
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.trim().split("\\s+"));
    }
}
