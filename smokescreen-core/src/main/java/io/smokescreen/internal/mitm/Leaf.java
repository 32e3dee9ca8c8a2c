package io.smokescreen.internal.mitm;

import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A certificate for a host.
 *
 * @param certificate the certificate
 * @param renewAt when to mint another one
 */
record Leaf(X509Certificate certificate, Instant renewAt) {}
