package io.smokescreen.internal.address;

import static java.util.Objects.requireNonNull;

import io.smokescreen.api.AddressFilter;
import io.smokescreen.api.AddressVerdict;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only caller of an {@link AddressFilter}. It denies the proxy's own addresses first, hands on addresses in their plain
 * form only (IPv4-mapped is IPv4, no scope, no host name), and turns a throw or a null into a denial, which is logged the
 * first time.
 *
 * <p>Thread safety: safe from any thread, if the filter is.
 */
public final class GuardedAddressFilter implements AddressFilter {

    private static final Logger logger = LoggerFactory.getLogger(GuardedAddressFilter.class);

    /** What is said where the filter gave no verdict: it is the application's word that is missing. */
    static final AddressVerdict FAILED = AddressVerdict.DENY_USER_CONFIGURED;

    private final SelfConnections self;
    private final boolean strict;
    private final AddressFilter filter;
    private final AtomicBoolean failureLogged = new AtomicBoolean();

    /**
     * Wraps a filter.
     *
     * @param self the proxy's own addresses
     * @param strict whether those count that are own without being listed at an interface
     * @param filter the filter
     */
    public GuardedAddressFilter(SelfConnections self, boolean strict, AddressFilter filter) {
        this.self = requireNonNull(self, "self");
        this.strict = strict;
        this.filter = requireNonNull(filter, "filter");
    }

    /** {@return the same guard around another filter} */
    GuardedAddressFilter with(AddressFilter other) {
        return new GuardedAddressFilter(self, strict, other);
    }

    /** Returns a verdict, whatever the filter does. */
    @Override
    public AddressVerdict check(InetAddress address, int port) {
        try {
            InetAddress plain = Ip.plain(address);
            if (self.contains(plain, port, strict)) {
                return AddressVerdict.DENY_SELF_CONNECTION;
            }
            AddressVerdict verdict = filter.check(plain, port);
            return verdict != null ? verdict : failed(new NullPointerException("AddressFilter.check returned null"));
        } catch (Throwable e) { // a filter that fails in any way allows nothing
            return failed(e);
        }
    }

    private AddressVerdict failed(Throwable cause) {
        if (failureLogged.compareAndSet(false, true)) {
            logger.warn("The address filter failed; the address is denied. Further failures are not logged", cause);
        }
        return FAILED;
    }
}
