package io.smokescreen.cli;

import io.smokescreen.TlsOptions;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the settings of TLS amount to; reads the files they name. */
final class TlsAssembly {

    /** What means nothing without a certificate. */
    private static final List<Setting<?>> NEED_A_CERTIFICATE = List.of(
            TlsSettings.KEY_FILE,
            TlsSettings.CLIENT_CA_FILES,
            TlsSettings.CRL_FILES,
            TlsSettings.CLIENT_AUTH,
            TlsSettings.EXPIRED_CRLS,
            TlsSettings.COMMON_NAMES,
            TlsSettings.MIN_VERSION);

    private TlsAssembly() {}

    /**
     * {@return TLS towards clients, if they do not connect in the clear}
     *
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be used, or a setting lacks another one
     */
    static Optional<TlsOptions> options(Configuration configuration) {
        Optional<Path> certificates = configuration.get(TlsSettings.CERT_FILE);
        if (certificates.isEmpty()) {
            requireNoneOf(configuration);
            return Optional.empty();
        }
        TlsOptions options = identity(configuration, certificates.get())
                .withProvider(configuration.get(TlsSettings.PROVIDER))
                .withMinimumVersion(configuration.get(TlsSettings.MIN_VERSION))
                .withExpiredRevocationListsRefused(
                        configuration.get(TlsSettings.EXPIRED_CRLS) == TlsSettings.ExpiredCrls.REFUSE)
                .withSeveralCommonNamesRefused(
                        configuration.get(TlsSettings.COMMON_NAMES) == TlsSettings.CommonNames.REFUSE)
                .withClientCertificateRequired(
                        configuration.get(TlsSettings.CLIENT_AUTH) == TlsSettings.ClientAuth.REQUIRE);
        options = with(configuration, TlsSettings.CLIENT_CA_FILES, options, TlsOptions::withClientAuthorityFiles);
        return Optional.of(with(configuration, TlsSettings.CRL_FILES, options, TlsOptions::withRevocationListFiles));
    }

    private static TlsOptions identity(Configuration configuration, Path certificates) {
        Optional<Path> key = configuration.get(TlsSettings.KEY_FILE);
        return configuration.check(
                TlsSettings.CERT_FILE,
                () -> key.map(file -> TlsOptions.fromFiles(certificates, file))
                        .orElseGet(() -> TlsOptions.fromBundle(certificates)));
    }

    private static TlsOptions with(
            Configuration configuration,
            Setting<List<Path>> setting,
            TlsOptions options,
            BiFunction<TlsOptions, List<Path>, TlsOptions> setter) {
        List<Path> files = configuration.get(setting);
        return files.isEmpty() ? options : configuration.check(setting, () -> setter.apply(options, files));
    }

    private static void requireNoneOf(Configuration configuration) {
        for (Setting<?> setting : NEED_A_CERTIFICATE) {
            if (configuration.isGiven(setting)) {
                throw configuration.error(
                        setting,
                        "there is no certificate to do TLS with (expected " + TlsSettings.CERT_FILE.flag() + " or "
                                + TlsSettings.CERT_FILE.key() + " too)");
            }
        }
    }
}
