package io.smokescreen.internal.exchange;

import io.netty.channel.EventLoop;
import io.smokescreen.internal.address.AddressVetting;
import io.smokescreen.internal.limit.Limits;
import io.smokescreen.internal.mitm.MitmCertificates;
import io.smokescreen.internal.track.Tracker;
import io.smokescreen.internal.upstream.Connector;
import io.smokescreen.internal.upstream.IdleConnections;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything an exchange calls on its way, shared by all exchanges of a proxy.
 *
 * @param limits how much at once and how often
 * @param policyCalls where policy runs
 * @param rules the rules in force at this moment
 * @param hooks what the application has plugged in
 * @param nextHops which external proxies requests are passed on to
 * @param vetting names to vetted addresses
 * @param connector vetted routes to channels
 * @param idleConnections of an event loop
 * @param tracker writes what happened
 * @param waits how long the relay waits for what
 * @param denyMessageExtra follows the message of each denial
 * @param healthCheck tells supervisors how the proxy is
 * @param mitm TLS in the names of hosts; null where the proxy has no authority for that
 * @param draining whether no further requests are taken
 */
public record Stages(
        Limits limits,
        PolicyCalls policyCalls,
        Supplier<Ruleset> rules,
        Hooks hooks,
        NextHops nextHops,
        AddressVetting vetting,
        Connector connector,
        Function<EventLoop, IdleConnections> idleConnections,
        Tracker tracker,
        Waits waits,
        String denyMessageExtra,
        GuardedHealthCheck healthCheck,
        @Nullable MitmCertificates mitm,
        BooleanSupplier draining) {}
