package io.smokescreen;

/** Which addresses are refused when no rule speaks of them, and how rules are weighed against each other. */
public enum AddressPolicy {
    /**
     * Every special-purpose block of the IANA registries and the metadata services of the clouds are refused. The most
     * specific rule wins, one with a port beats one without, deny wins a tie. This is the default.
     */
    STRICT,
    /** Go Smokescreen's table and order (an allow rule always beats a deny rule), for a fleet that moves over. */
    SMOKESCREEN
}
