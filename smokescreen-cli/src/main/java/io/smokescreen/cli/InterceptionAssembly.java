package io.smokescreen.cli;

import io.smokescreen.Acl;
import io.smokescreen.MitmOptions;
import io.smokescreen.OriginTlsOptions;
import io.smokescreen.cli.config.Configuration;
import io.smokescreen.cli.config.InterceptionSettings;
import io.smokescreen.cli.config.Setting;
import io.smokescreen.cli.config.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the settings of looking into TLS amount to; reads the files they name. */
final class InterceptionAssembly {

    private InterceptionAssembly() {}

    /**
     * {@return in whose name to look into TLS, if that is configured}
     *
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be used, or there is only one of the two
     */
    static Optional<MitmOptions> mitm(Configuration configuration) {
        Optional<Path> certificate = configuration.get(InterceptionSettings.CA_CERT_FILE);
        Optional<Path> key = configuration.get(InterceptionSettings.CA_KEY_FILE);
        if (certificate.isEmpty() && key.isEmpty()) {
            return Optional.empty();
        }
        Path certificateFile = certificate.orElseThrow(
                () -> lacks(configuration, InterceptionSettings.CA_KEY_FILE, InterceptionSettings.CA_CERT_FILE));
        Path keyFile = key.orElseThrow(
                () -> lacks(configuration, InterceptionSettings.CA_CERT_FILE, InterceptionSettings.CA_KEY_FILE));
        return Optional.of(configuration.check(
                InterceptionSettings.CA_CERT_FILE,
                () -> MitmOptions.fromFiles(certificateFile, keyFile)
                        .withProvider(configuration.get(TlsSettings.PROVIDER))));
    }

    /**
     * {@return whom to trust where the proxy does TLS with origins itself}
     *
     * @throws io.smokescreen.api.ConfigurationException if a file cannot be used
     */
    static OriginTlsOptions originTls(Configuration configuration) {
        List<Path> files = configuration.get(InterceptionSettings.ORIGIN_CA_FILES);
        OriginTlsOptions systemTrust =
                OriginTlsOptions.systemTrust().withProvider(configuration.get(TlsSettings.PROVIDER));
        return files.isEmpty()
                ? systemTrust
                : configuration.check(
                        InterceptionSettings.ORIGIN_CA_FILES, () -> systemTrust.withAuthorityFiles(files));
    }

    /**
     * {@return what is hardly meant: a rule that asks to look inside, where nothing can}
     *
     * @param atStart the configuration of the start, as the authority is not loaded again
     */
    static Optional<String> warning(Configuration atStart, Acl acl) {
        int domains = acl.summary().mitmDomains();
        return domains == 0 || atStart.isGiven(InterceptionSettings.CA_CERT_FILE)
                ? Optional.empty()
                : Optional.of("the ACL has mitm_domains (" + domains + ") and there is no authority to look into them"
                        + " with: requests for them are denied (expected " + InterceptionSettings.CA_CERT_FILE.key()
                        + " and " + InterceptionSettings.CA_KEY_FILE.key() + ", or an authority of the application)");
    }

    private static RuntimeException lacks(Configuration configuration, Setting<?> given, Setting<?> missing) {
        return configuration.error(
                given,
                "an authority takes a certificate and its key (expected " + missing.flag() + " or " + missing.key()
                        + " too)");
    }
}
