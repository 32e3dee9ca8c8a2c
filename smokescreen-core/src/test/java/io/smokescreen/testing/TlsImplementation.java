package io.smokescreen.testing;

import io.smokescreen.TlsProvider;
import java.util.stream.Stream;

/**
 * An implementation of TLS with a version of it; what is tested of TLS is tested on each.
 *
 * @param provider the proxy's implementation
 * @param version the only version the client speaks, such as {@code TLSv1.3}
 */
public record TlsImplementation(TlsProvider provider, String version) {

    /** {@return all of them} */
    public static Stream<TlsImplementation> all() {
        return Stream.of(TlsProvider.JDK, TlsProvider.OPENSSL)
                .flatMap(provider ->
                        Stream.of("TLSv1.2", "TLSv1.3").map(version -> new TlsImplementation(provider, version)));
    }

    /** {@return the alert that is due: the JDK's server has one for all that is wrong with a certificate} */
    public String alert(String specific) {
        return provider == TlsProvider.JDK ? "certificate_unknown" : specific;
    }

    @Override
    public String toString() {
        return provider + " " + version;
    }
}
