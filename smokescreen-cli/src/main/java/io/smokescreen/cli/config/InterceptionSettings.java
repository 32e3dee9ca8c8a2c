package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.MITM;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** In whose name the proxy looks into TLS, and whom it trusts where it speaks TLS with origins itself. */
public final class InterceptionSettings {

    /** Authority that signs certificates of domains looked into. */
    public static final Setting<Optional<Path>> CA_CERT_FILE = define(MITM, "--mitm-ca-cert-file", "mitm_ca_cert_file")
            .takes("FILE")
            .means(
                    "Look into connections to the ACL's mitm_domains, with certificates signed by the CA whose certificate is"
                            + " in FILE (PEM).")
            .asOptional(Texts::path, "none, requests for mitm_domains are denied");

    /** Its key. */
    public static final Setting<Optional<Path>> CA_KEY_FILE = define(MITM, "--mitm-ca-key-file", "mitm_ca_key_file")
            .takes("FILE")
            .means("The private key of that CA (PEM). Whoever has it can be every host to those who trust the CA.")
            .asOptional(Texts::path, "none");

    /** Authorities of origins' certificates. */
    public static final Setting<List<Path>> ORIGIN_CA_FILES = define(
                    MITM, "--mitm-upstream-ca-file", "mitm_upstream_ca_files")
            .takes("FILE")
            .means(
                    "Verify certificates of origins against Certificate Authorities from FILE (PEM), where the proxy does TLS"
                            + " with them itself: for mitm_domains and https:// URIs.")
            .asList(Texts::path, "those that the system trusts");

    private InterceptionSettings() {}

    static List<Setting<?>> all() {
        return List.of(CA_CERT_FILE, CA_KEY_FILE, ORIGIN_CA_FILES);
    }
}
