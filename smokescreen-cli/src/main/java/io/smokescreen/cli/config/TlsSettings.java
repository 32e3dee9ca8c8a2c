package io.smokescreen.cli.config;

import static io.smokescreen.cli.config.Setting.define;
import static io.smokescreen.cli.config.Topic.TLS;

import io.smokescreen.TlsProvider;
import io.smokescreen.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the proxy and its clients prove to each other who they are. */
public final class TlsSettings {

    /** Certificate and, if it is in the same file, key. */
    public static final Setting<Optional<Path>> CERT_FILE = define(TLS, "--tls-server-bundle-file", "tls.cert_file")
            .takes("FILE")
            .means("Authenticate to clients using certificates and key from FILE (PEM, in any order).")
            .asOptional(Texts::path, "none, clients connect in the clear");

    /** Key, if it is in a file of its own. */
    public static final Setting<Optional<Path>> KEY_FILE = define(TLS, "--tls-server-key-file", "tls.key_file")
            .takes("FILE")
            .means("Take the private key from FILE.")
            .asOptional(Texts::path, "the file with the certificates");

    /** Authorities of clients' certificates. */
    public static final Setting<List<Path>> CLIENT_CA_FILES = define(TLS, "--tls-client-ca-file", "tls.client_ca_files")
            .takes("FILE")
            .means("Validate client certificates using Certificate Authorities from FILE (PEM).")
            .asList(Texts::path, "none, clients are not asked for a certificate");

    /** Revocation lists. */
    public static final Setting<List<Path>> CRL_FILES = define(TLS, "--tls-crl-file", "tls.crl_files")
            .takes("FILE")
            .means(
                    "Verify validity of client certificates against Certificate Revocation Lists from FILE (PEM or DER).")
            .asList(Texts::path, "none");

    /** Whether a client may come without a certificate. */
    public static final Setting<ClientAuth> CLIENT_AUTH = define(TLS, "--tls-client-auth", "tls.client_auth")
            .takes("WORD")
            .means(
                    "'request': a client without a certificate is let in and has no role; 'require': it is refused in the"
                            + " handshake.")
            .as(Texts.constant(ClientAuth.class), ClientAuth.REQUEST, "request");

    /** What a revocation list past its time is worth. */
    public static final Setting<ExpiredCrls> EXPIRED_CRLS = define(TLS, "--tls-expired-crls", "tls.expired_crls")
            .takes("WORD")
            .means(
                    "'accept': a list past its next update goes on to count, with a warning; 'refuse': the clients that it is"
                            + " about are refused.")
            .as(Texts.constant(ExpiredCrls.class), ExpiredCrls.ACCEPT, "accept");

    /** Which name of several counts. */
    public static final Setting<CommonNames> COMMON_NAMES = define(
                    TLS, "--tls-several-common-names", "tls.several_common_names")
            .takes("WORD")
            .means("A client certificate with several common names: 'last' takes the last one, 'refuse' refuses it.")
            .as(Texts.constant(CommonNames.class), CommonNames.LAST, "last");

    /** The lowest version of TLS. */
    public static final Setting<TlsVersion> MIN_VERSION = define(TLS, "--tls-min-version", "tls.min_version")
            .takes("VERSION")
            .means("Speak TLS from VERSION on, '1.2' or '1.3'.")
            .as(Texts.oneOf(List.of(TlsVersion.values()), TlsSettings::number), TlsVersion.TLS_1_2, "1.2");

    /** The implementation of TLS. */
    public static final Setting<TlsProvider> PROVIDER = define(TLS, "--tls-provider", "tls.provider")
            .takes("PROVIDER")
            .means(
                    "Do TLS by 'openssl' (BoringSSL) or 'jdk', or with 'auto' by the former where it loads: with clients, and, as it was"
                            + " at the start, inside of tunnels, with origins and with next hops.")
            .as(Texts.constant(TlsProvider.class), TlsProvider.AUTO, "auto");

    /** Whether a client may come without a certificate. */
    public enum ClientAuth {
        REQUEST,
        REQUIRE
    }

    /** What a revocation list past its time is worth. */
    public enum ExpiredCrls {
        ACCEPT,
        REFUSE
    }

    /** Which common name of several counts. */
    public enum CommonNames {
        LAST,
        REFUSE
    }

    private TlsSettings() {}

    static List<Setting<?>> all() {
        return List.of(
                CERT_FILE,
                KEY_FILE,
                CLIENT_CA_FILES,
                CRL_FILES,
                CLIENT_AUTH,
                EXPIRED_CRLS,
                COMMON_NAMES,
                MIN_VERSION,
                PROVIDER);
    }

    private static String number(TlsVersion version) {
        return version.name().substring("TLS_".length()).replace('_', '.');
    }
}
