package io.smokescreen.internal.tls;

import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** A certificate that is refused, with the reason in a form that can be counted and told to whoever showed it. */
public final class RefusedCertificateException extends CertificateException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 16;

    private final Refusal refusal;

    /**
     * Creates one.
     *
     * @param refusal the reason
     * @param message the reason for people
     */
    public RefusedCertificateException(Refusal refusal, String message) {
        super(message);
        this.refusal = refusal;
    }

    RefusedCertificateException(Refusal refusal, String message, Throwable cause) {
        super(message, cause);
        this.refusal = refusal;
    }

    /** {@return the reason} */
    public Refusal refusal() {
        return refusal;
    }

    /** {@return the one among the causes of what a handshake failed with, null if there is none} */
    public static @Nullable RefusedCertificateException among(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof RefusedCertificateException refused) {
                return refused;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
