package io.smokescreen.internal.limit;

/** Whether a request is worked on at all. */
public sealed interface Admission {

    /**
     * It is.
     *
     * @param permit held until the request is done with
     */
    record Admitted(Permit permit) implements Admission {}

    /** It is not. */
    enum Refused implements Admission {
        /** Too many came lately. */
        RATE,
        /** Too many are in work. */
        CONCURRENCY
    }
}
