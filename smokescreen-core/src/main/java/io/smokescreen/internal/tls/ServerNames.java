package io.smokescreen.internal.tls;

import io.smokescreen.api.Host;
import io.smokescreen.internal.x509.AlternativeNames;
import java.security.cert.X509Certificate;
import java.util.Locale;

/**
 * Tells whether a server's certificate is for a host, by its alternative names alone (RFC 9525 §6; as Go does). The JDK's own
 * check, which is made too, takes the name that was sent as SNI for the one to be verified, and a common name where there is no
 * alternative one.
 */
final class ServerNames {

    private static final String WILDCARD = "*.";

    private ServerNames() {}

    static boolean match(Host expected, X509Certificate certificate) {
        return expected.address()
                .map(address -> AlternativeNames.ipAddresses(certificate).contains(address))
                .orElseGet(() -> AlternativeNames.dnsNames(certificate).stream()
                        .anyMatch(name -> matches(expected.text(), name.toLowerCase(Locale.ROOT))));
    }

    /** RFC 9525 §6.3: a wildcard is a whole label, the first one, and stands for exactly one. */
    private static boolean matches(String expected, String name) {
        if (!name.startsWith(WILDCARD)) {
            return name.equals(expected);
        }
        int firstDot = expected.indexOf('.');
        return firstDot > 0 && expected.substring(firstDot + 1).equals(name.substring(WILDCARD.length()));
    }
}
