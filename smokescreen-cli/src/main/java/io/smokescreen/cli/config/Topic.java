package io.smokescreen.cli.config;

/** What a setting is about; {@code --help} and the table of options are grouped by it, in this order. */
public enum Topic {
    LISTENING("Listening"),
    TLS("TLS towards clients"),
    ACCESS("Who may reach which host"),
    ADDRESSES("Which addresses may be reached"),
    CONNECTING("Connecting"),
    NEXT_HOPS("Next hops"),
    MITM("Looking into TLS (MITM)"),
    WAITING("How long it waits"),
    LIMITS("Limits"),
    METRICS("Metrics"),
    LOGS("Logs"),
    OPERATIONS("Operations");

    private final String heading;

    Topic(String heading) {
        this.heading = heading;
    }

    /** {@return the heading} */
    public String heading() {
        return heading;
    }
}
