package io.smokescreen.internal.request;

/** Why a message is refused before anything is decided about it. The text is fixed: it never repeats what the peer sent. */
public enum Malformation {
    BAD_START_LINE("malformed start line"),
    START_LINE_TOO_LONG("start line too long"),
    BAD_VERSION("HTTP version is not 1.0 or 1.1"),
    BAD_FIELD_NAME("malformed header field name"),
    BAD_FIELD_VALUE("malformed header field value"),
    BAD_LINE_END("line does not end in CRLF"),
    FIELDS_TOO_LARGE("header fields too large"),
    TOO_MANY_FIELDS("too many header fields"),
    BAD_FRAMING("ambiguous or unsupported body length"),
    BAD_CHUNK("malformed chunked body"),
    BAD_HOST("missing, repeated or malformed Host"),
    BAD_TARGET("malformed request target"),
    BAD_AUTHORITY("malformed host or port"),
    UNSUPPORTED_SCHEME("only http:// and https:// URIs and CONNECT are proxied"),
    INSECURE_IN_TUNNEL("only https:// URIs go through a tunnel with TLS"),
    UNSUPPORTED_METHOD("unsupported method"),
    UNSUPPORTED_EXPECTATION("unsupported expectation"),
    CONNECT_WITH_BODY("CONNECT with a body"),
    REPEATED_CONTROL_FIELD("repeated proxy control field"),
    TOO_MANY_INTERIM_RESPONSES("too many interim responses"),
    REFUSED_BY_CODEC("malformed message"),
    TRUNCATED("connection closed inside a message");

    private final String text;

    Malformation(String text) {
        this.text = text;
    }

    /**
     * {@return a short description, safe for a log line and a response body}
     */
    public String text() {
        return text;
    }
}
