package io.smokescreen.internal.tls;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chains verified last, by the exact bytes of their certificates, so that a client that connects again does not cost the
 * signature checks again. Only what was verified is kept, so nobody can fill it without certificates of the authorities.
 *
 * <p>Thread safety: safe from any thread.
 */
final class ChainCache {

    /** The most chains that are kept; one takes about 4 KiB. */
    static final int MAX_CHAINS = 4_096;

    private static final float LOAD_FACTOR = 0.75f;

    private final Map<ByteBuffer, VerifiedChain> chains = new LinkedHashMap<>(16, LOAD_FACTOR, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, VerifiedChain> eldest) {
            return size() > MAX_CHAINS;
        }
    };

    /** {@return what stands for these certificates, in this order} */
    static ByteBuffer key(X509Certificate[] certificates) throws CertificateEncodingException {
        MessageDigest digest = sha256();
        for (X509Certificate certificate : certificates) {
            byte[] der = certificate.getEncoded(); // tells its own length, so that no two chains run together alike
            digest.update(der);
        }
        return ByteBuffer.wrap(digest.digest());
    }

    synchronized @Nullable VerifiedChain get(ByteBuffer key, Instant now) {
        VerifiedChain chain = chains.get(key);
        if (chain != null && !now.isBefore(chain.validUntil())) {
            chains.remove(key);
            return null;
        }
        return chain;
    }

    synchronized void put(ByteBuffer key, VerifiedChain chain) {
        chains.put(key, chain);
    }

    synchronized int size() {
        return chains.size();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
