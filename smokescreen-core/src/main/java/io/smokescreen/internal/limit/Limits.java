package io.smokescreen.internal.limit;

import java.util.Optional;

/** The limits of one proxy. Safe from any thread. */
public final class Limits {

    private final RateLimit rate;
    private final ConcurrencyLimit requests;
    private final ConcurrencyLimit tunnels;

    /**
     * @param rate of requests
     * @param requests in work at once
     * @param tunnels asked for by CONNECT that are open at once
     */
    public Limits(RateLimit rate, ConcurrencyLimit requests, ConcurrencyLimit tunnels) {
        this.rate = rate;
        this.requests = requests;
        this.tunnels = tunnels;
    }

    /** {@return whether one more request is worked on; the rate counts it even if there are too many in work, as Go's does} */
    public Admission admit() {
        if (!rate.tryAcquire()) {
            return Admission.Refused.RATE;
        }
        Optional<Permit> permit = requests.tryAcquire();
        return permit.isPresent() ? new Admission.Admitted(permit.get()) : Admission.Refused.CONCURRENCY;
    }

    /** {@return a permit for one more tunnel, unless too many are open} */
    public Optional<Permit> reserveTunnel() {
        return tunnels.tryAcquire();
    }
}
