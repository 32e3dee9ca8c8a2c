package io.smokescreen.internal.mitm;

import io.smokescreen.api.ConfigurationException;
import io.smokescreen.internal.tls.ServerIdentity;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.time.Instant;

/**
 * The authority in whose name the proxy speaks for other hosts; clients that are to be looked into trust it.
 *
 * @param identity its key, its certificate and what leads from that to a root
 * @param signatureAlgorithm what it signs with, by the JDK's name
 */
public record MitmAuthority(ServerIdentity identity, String signatureAlgorithm) {

    private static final int P256_BITS = 256;
    private static final int P384_BITS = 384;
    private static final int P521_BITS = 521;

    /**
     * {@return the authority, usable now}
     *
     * @param identity of someone who may sign certificates
     * @throws ConfigurationException if it has expired, is not valid yet, or its key is of no kind to sign with
     */
    public static MitmAuthority of(ServerIdentity identity, Instant now) {
        PublicKey key = identity.chain().get(0).getPublicKey();
        String algorithm = signatureAlgorithm(key);
        if (algorithm.isEmpty()) {
            throw new ConfigurationException("the MITM authority '" + subject(identity) + "' has a key for "
                    + key.getAlgorithm() + " (expected RSA, EC on P-256, P-384 or P-521, or Ed25519)");
        }
        MitmAuthority authority = new MitmAuthority(identity, algorithm);
        String problem = authority.whyNotValid(now);
        if (!problem.isEmpty()) {
            throw new ConfigurationException(problem + " (expected one that is valid now)");
        }
        return authority;
    }

    /** {@return the authority's own certificate} */
    X509Certificate certificate() {
        return identity.chain().get(0);
    }

    /** {@return why clients would not trust what it signs at that time; empty if they would} */
    String whyNotValid(Instant now) {
        Instant begin = certificate().getNotBefore().toInstant();
        Instant end = certificate().getNotAfter().toInstant();
        if (now.isBefore(begin)) {
            return "the MITM authority '" + subject(identity) + "' is not valid before " + begin;
        }
        if (now.isAfter(end)) {
            return "the MITM authority '" + subject(identity) + "' has expired at " + end;
        }
        return "";
    }

    private static String subject(ServerIdentity identity) {
        return identity.chain().get(0).getSubjectX500Principal().toString();
    }

    /** The hash is as long as the curve is wide (RFC 5480 §4), and SHA-256 where that does not matter. */
    private static String signatureAlgorithm(PublicKey key) {
        if (key.getAlgorithm().equals("RSA")) {
            return "SHA256withRSA";
        }
        if (key instanceof EdECPublicKey edwards) {
            return edwards.getParams().getName();
        }
        if (!(key instanceof ECPublicKey elliptic)) {
            return "";
        }
        return switch (elliptic.getParams().getOrder().bitLength()) {
            case P256_BITS -> "SHA256withECDSA";
            case P384_BITS -> "SHA384withECDSA";
            case P521_BITS -> "SHA512withECDSA";
            default -> "";
        };
    }
}
