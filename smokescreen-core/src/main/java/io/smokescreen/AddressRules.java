package io.smokescreen;

/** Which addresses may be contacted. */
public final class AddressRules {

    private static final AddressRules DEFAULTS = new AddressRules();

    private AddressRules() {}

    /** {@return the strict policy without rules of one's own} */
    public static AddressRules defaults() {
        return DEFAULTS;
    }
}
