package io.smokescreen.internal.tls;

/** Why a client's certificate is refused. */
public enum Refusal {
    /** It, or one that leads to it, is on a revocation list. */
    REVOKED("revoked"),
    /** The revocation list that would tell has expired or is not yet valid, and such lists are refused. */
    STALE_CRL("stale_crl"),
    /** Its time is over. */
    EXPIRED("expired"),
    /** Its time has not begun. */
    NOT_YET_VALID("not_yet_valid"),
    /** It does not lead to a client authority. */
    UNTRUSTED("untrusted"),
    /** It is not for clients, by its key usages. */
    UNSUITABLE("unsuitable"),
    /** Its subject has more than one common name, and such certificates are refused. */
    SEVERAL_COMMON_NAMES("several_common_names"),
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
