package io.smokescreen.internal.tls;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a handshake with a server failed, in fixed words: what the server says and shows is not quoted. */
public final class HandshakeFailure {

    private static final int MAX_CAUSES = 16;

    private HandshakeFailure() {}

    /** {@return a clause about the server} */
    public static String describe(@Nullable Throwable failure) {
        RefusedCertificateException refused = RefusedCertificateException.among(failure);
        if (refused != null) {
            return String.valueOf(refused.getMessage());
        }
        SSLException tls = among(failure, SSLException.class);
        if (tls == null) {
            return among(failure, IOException.class) == null
                    ? "the handshake failed"
                    : "it closed the connection in the handshake";
        }
        return tls instanceof NotSslRecordException ? "it does not speak TLS" : describe(tls);
    }

    /** The JDK and BoringSSL tell what happened in the message only, as an alert's name (RFC 8446 §6.2) among others. */
    private static String describe(SSLException failure) {
        String message =
                String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).replace(' ', '_');
        if (message.contains("protocol_version") || message.contains("unsupported_protocol")) {
            return "it speaks no version of TLS from 1.2 on";
        }
        if (message.contains("handshake_failure") || message.contains("certificate_required")) {
            return "it refused the handshake (no cipher suite in common, or it wants a certificate)";
        }
        return message.contains("application_protocol") ? "it does not speak HTTP/1.1" : "the handshake failed";
    }

    private static <T> @Nullable T among(@Nullable Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
