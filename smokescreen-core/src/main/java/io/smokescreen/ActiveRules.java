package io.smokescreen;

import io.smokescreen.internal.exchange.Ruleset;
import io.smokescreen.internal.tls.TlsContext;
import java.time.Instant;
import java.util.Optional;

/**
 * Rules that passed every check, compiled.
 *
 * @param rules as they were loaded
 * @param ruleset what requests are decided by
 * @param tls what new connections of clients begin with
 * @param loadedAt when that was
 */
record ActiveRules(Rules rules, Ruleset ruleset, Optional<TlsContext> tls, Instant loadedAt) {}
