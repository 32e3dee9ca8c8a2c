package io.smokescreen;

import io.smokescreen.internal.tls.Certificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** The checks that option types share. */
final class Preconditions {

    private Preconditions() {}

    /** Returns the duration if it is at least a millisecond and fits a count of nanoseconds. */
    static Duration positive(Duration duration, String name) {
        if (duration.toMillis() < 1 || duration.compareTo(Duration.ofDays(36_500)) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + duration + " (expected at least 1 ms and at most 36500 days)");
        }
        return duration;
    }

    /** Returns a copy of the list if all are certificates of authorities. */
    static List<X509Certificate> authorities(List<X509Certificate> certificates) {
        List<X509Certificate> copy = List.copyOf(certificates);
        for (X509Certificate each : copy) {
            String problem = Certificates.whyNotAuthority(each);
            if (!problem.isEmpty()) {
                throw new IllegalArgumentException("'" + each.getSubjectX500Principal() + "' " + problem);
            }
        }
        return copy;
    }
}
