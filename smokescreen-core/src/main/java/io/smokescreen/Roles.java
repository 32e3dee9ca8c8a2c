package io.smokescreen;

import java.security.cert.X509Certificate;
import java.util.Optional;

/** Who a certificate belongs to. */
public final class Roles {

    private Roles() {}

    /**
     * {@return the common name of the certificate's subject}
     *
     * @param certificate a verified certificate
     */
    public static Optional<String> commonName(X509Certificate certificate) {
        return Optional.empty();
    }
}
