package io.smokescreen.internal.address;

/**
 * The ways an IPv6 address carries an IPv4 address. A host that translates or tunnels one of them connects to the IPv4
 * address inside, so whoever allows the outside must allow the inside too.
 *
 * <p>Where a form can be read in several ways, each reading is an address that may be reached, and all are judged.
 */
enum Embedding {
    /** ::/96, IPv4-compatible, deprecated (RFC 4291 §2.5.5.1). :: and ::1 are no such addresses. */
    COMPATIBLE(1) {
        @Override
        boolean holds(long high, long low) {
            return high == 0 && low >>> 32 == 0 && low > 1;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return (int) low;
        }
    },
    /** ::ffff:0:0:0/96, IPv4-translated (RFC 2765 §2.1). */
    TRANSLATED(1) {
        @Override
        boolean holds(long high, long low) {
            return high == 0 && low >>> 32 == 0xffff_0000L;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return (int) low;
        }
    },
    /** 64:ff9b::/96, NAT64 with the well-known prefix (RFC 6052 §2.1). */
    NAT64(1) {
        @Override
        boolean holds(long high, long low) {
            return high == 0x0064_ff9b_0000_0000L && low >>> 32 == 0;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return (int) low;
        }
    },
    /**
     * 64:ff9b:1::/48, NAT64 for local use (RFC 8215). Which part of it a translator uses as its prefix is its own affair,
     * so the layouts of RFC 6052 §2.2 for /48, /56, /64 and /96 are all read. Bits 64 to 71 stand between the halves.
     */
    NAT64_LOCAL(4) {
        @Override
        boolean holds(long high, long low) {
            return high >>> 16 == 0x0064_ff9b_0001L;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return switch (reading) {
                case 0 -> (int) (high << 16) | ((int) (low >>> 40) & 0xffff);
                case 1 -> (int) (high << 24) | ((int) (low >>> 32) & 0xff_ffff);
                case 2 -> (int) (low >>> 24);
                default -> (int) low;
            };
        }

        @Override
        boolean isEmpty(long high, long low, int reading) {
            boolean allEmpty = true;
            for (int other = 0; other < readings(); other++) {
                allEmpty &= ipv4(high, low, other) >>> 24 == 0;
            }
            return !allEmpty && ipv4(high, low, reading) >>> 24 == 0;
        }
    },
    /** 2002::/16, 6to4 (RFC 3056 §2). */
    SIX_TO_FOUR(1) {
        @Override
        boolean holds(long high, long low) {
            return high >>> 48 == 0x2002;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return (int) (high >>> 16);
        }
    },
    /** 2001::/32, Teredo: the server, and the client with all bits inverted (RFC 4380 §4). */
    TEREDO(2) {
        @Override
        boolean holds(long high, long low) {
            return high >>> 32 == 0x2001_0000L;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return reading == 0 ? (int) high : ~(int) low;
        }
    },
    /** An interface identifier 0:5efe:a.b.c.d below any prefix, whatever its u and g bits: ISATAP (RFC 5214 §6.1). */
    ISATAP(1) {
        @Override
        boolean holds(long high, long low) {
            return (low >>> 32 & ~0x0300_0000L) == 0x5efe;
        }

        @Override
        int ipv4(long high, long low, int reading) {
            return (int) low;
        }
    };

    private static final Embedding[] ALL = values();

    private final int readings;

    Embedding(int readings) {
        this.readings = readings;
    }

    /** All of them, not to be changed: {@code values()} would copy for each address. */
    static Embedding[] all() {
        return ALL;
    }

    /** Tells most addresses, which carry nothing, by their first 16 bits and interface identifier. */
    static boolean isPossible(long high, long low) {
        int first = (int) (high >>> 48);
        return first == 0 || first == 0x64 || first == 0x2001 || first == 0x2002 || ISATAP.holds(high, low);
    }

    /** Whether the address is of this form. */
    abstract boolean holds(long high, long low);

    /** The address inside, in one of the {@link #readings}. */
    abstract int ipv4(long high, long low, int reading);

    int readings() {
        return readings;
    }

    /**
     * Whether a reading says nothing: zeros that another layout leaves there read as 0.0.0.0/8. It is passed over then,
     * for the address could not be allowed at all otherwise.
     */
    boolean isEmpty(long high, long low, int reading) {
        return false;
    }
}
