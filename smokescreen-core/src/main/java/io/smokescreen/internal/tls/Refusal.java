package io.smokescreen.internal.tls;

/** Why a certificate is refused: a client's, or that of a server. */
public enum Refusal {
    /** It, or one that leads to it, is on a revocation list. */
    REVOKED("revoked"),
    /** The revocation list that would tell has expired or is not yet valid, and such lists are refused. */
    STALE_CRL("stale_crl"),
    /** Its time is over. */
    EXPIRED("expired"),
    /** Its time has not begun. */
    NOT_YET_VALID("not_yet_valid"),
    /** It does not lead to an authority. */
    UNTRUSTED("untrusted"),
    /** It is not for clients, or not for servers, by its key usages. */
    UNSUITABLE("unsuitable"),
    /** Its subject has more than one common name, and such certificates are refused. */
    SEVERAL_COMMON_NAMES("several_common_names"),
    /** A server's: it is not for the host that was to be reached. */
    WRONG_NAME("wrong_name"),
    /** There is none, and one is required. */
    MISSING("missing");

    private final String tag;

    Refusal(String tag) {
        this.tag = tag;
    }

    /** {@return the value of a metric tag} */
    public String tag() {
        return tag;
    }
}
