package io.smokescreen.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smokescreen.testing.TestCertificates;
import io.smokescreen.testing.TestCertificates.Identity;
import io.smokescreen.testing.TestIssuance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the cache of verified chains may change, which is the time that it takes and nothing else. */
class ClientTrustTest {

    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @SuppressWarnings("NullAway.Init")
    private TestCertificates authority;

    @SuppressWarnings("NullAway.Init")
    private Identity client;

    @BeforeEach
    void issue() throws GeneralSecurityException, IOException {
        authority = TestCertificates.create();
        client = authority.issue("CN=known");
    }

    @Test
    void answer_isTheSameFromTheCacheAndAnew() throws Exception {
        TestCertificates intermediate = authority.intermediate("CN=Intermediate");
        Identity revoked = authority.issue("CN=revoked");
        Map<String, Identity> identities = new LinkedHashMap<>();
        identities.put("client", client);
        identities.put("below an intermediate", intermediate.issue("CN=a").with(intermediate.certificate()));
        identities.put("with the root", client.with(authority.certificate()));
        identities.put("with a stranger", client.with(TestCertificates.create().certificate()));
        identities.put("intermediate not sent", intermediate.issue("CN=a"));
        identities.put("stranger", TestCertificates.create().issue("CN=a"));
        identities.put("revoked", revoked);
        identities.put(
                "expired",
                authority
                        .issuing("CN=a")
                        .validUntil(Instant.now().minusSeconds(9))
                        .issue());
        identities.put(
                "for servers",
                authority.issuing("CN=a").purpose(KeyPurposeId.id_kp_serverAuth).issue());
        identities.put("by a leaf", TestIssuance.by(client, "CN=a").issue().with(client.certificate()));
        X509CRL list = authority.revoking(revoked.certificate()).build();
        ClientTrust trust = trust(list);

        for (Map.Entry<String, Identity> each : identities.entrySet()) {
            String anew = outcome(trust(list), each.getValue());
            assertThat(outcome(trust, each.getValue())).as(each.getKey()).isEqualTo(anew);
            assertThat(outcome(trust, each.getValue()))
                    .as(each.getKey() + ", again")
                    .isEqualTo(anew);
        }
        assertThat(outcome(trust, client)).isEqualTo("trusted");
        assertThat(outcome(trust, revoked)).isEqualTo("REVOKED");
    }

    @Test
    void verifiedChain_isFoundAgain_andNotByOthers() throws Exception {
        ClientTrust trust = trust();
        VerifiedChain first = trust.verify(chain(client));

        assertThat(trust.verify(chain(client))).isSameAs(first);
        assertThat(trust.verify(chain(client.with(authority.certificate())))).isNotSameAs(first);
        assertThat(trust().verify(chain(client))).as("after a reload").isNotSameAs(first);
    }

    @Test
    void refusedChain_isNotKept() throws Exception {
        ClientTrust trust = trust();
        assertThat(outcome(trust, TestCertificates.create().issue("CN=a"))).isEqualTo("UNTRUSTED");
        assertThat(trust.cachedChains()).isZero();
        assertThat(outcome(trust, client)).isEqualTo("trusted");
        assertThat(trust.cachedChains()).isEqualTo(1);
    }

    @Test
    void verifiedChain_countsUntilACertificateInItExpires() throws Exception {
        TestCertificates intermediate =
                authority.intermediate("CN=Intermediate", Instant.now().plus(SOON));
        Identity below = intermediate.issue("CN=a").with(intermediate.certificate());
        Identity shortLived =
                authority.issuing("CN=b").validUntil(Instant.now().plus(SOON)).issue();
        ClientTrust trust = trust();
        assertThat(outcome(trust, below)).isEqualTo("trusted");
        assertThat(outcome(trust, shortLived)).isEqualTo("trusted");

        await().atMost(PATIENCE).until(() -> outcome(trust, shortLived).equals("EXPIRED"));
        await().atMost(PATIENCE).until(() -> outcome(trust, below).equals("EXPIRED"));
        assertThat(outcome(trust, client)).isEqualTo("trusted");
    }

    /** The JDK would trust it for ever. */
    @Test
    void authority_countsWhileItIsValid() throws Exception {
        Instant now = Instant.now();
        Identity early =
                authority.issuing("CN=Early").validUntil(now.plus(SOON)).issueAuthority();
        Identity late = authority.issuing("CN=Late").validFrom(now.plus(SOON)).issueAuthority();
        Identity byEarly = TestIssuance.by(early, "CN=a").issue();
        Identity byLate = TestIssuance.by(late, "CN=b").issue();
        ClientTrust trust = trust(List.of(authority.certificate(), early.certificate(), late.certificate()));
        assertThat(outcome(trust, byEarly)).isEqualTo("trusted");
        assertThat(outcome(trust, byLate)).isEqualTo("UNTRUSTED");

        await().atMost(PATIENCE).until(() -> outcome(trust, byEarly).equals("UNTRUSTED"));
        await().atMost(PATIENCE).until(() -> outcome(trust, byLate).equals("trusted"));
    }

    @Test
    void noAuthorityValid_trustsNobody() throws Exception {
        Identity expired = authority
                .issuing("CN=Expired")
                .validUntil(Instant.now().minusSeconds(9))
                .issueAuthority();
        Identity below = TestIssuance.by(expired, "CN=a").issue();

        assertThat(outcome(trust(List.of(expired.certificate())), below)).isEqualTo("UNTRUSTED");
    }

    @Test
    void moreCertificatesThanALimit_areRefusedUnread() throws Exception {
        X509Certificate[] many = new X509Certificate[11];
        Arrays.fill(many, client.certificate());

        assertThatThrownBy(() -> trust().verify(many)).hasMessage("11 certificates (expected 1 to 10)");
        assertThatThrownBy(() -> trust().verify(new X509Certificate[0])).isInstanceOf(CertificateException.class);
    }

    @Test
    void cache_keepsTheOnesUsedLast() {
        ChainCache cache = new ChainCache();
        VerifiedChain chain = new VerifiedChain(List.of(client.certificate()), Instant.MAX, List.of());
        for (int i = 0; i < ChainCache.MAX_CHAINS; i++) {
            cache.put(key(i), chain);
        }
        assertThat(cache.get(key(0), Instant.now())).isSameAs(chain);

        cache.put(key(ChainCache.MAX_CHAINS), chain);

        assertThat(cache.size()).isEqualTo(ChainCache.MAX_CHAINS);
        assertThat(cache.get(key(0), Instant.now())).isSameAs(chain);
        assertThat(cache.get(key(1), Instant.now())).isNull();
    }

    @Test
    void cache_forgetsWhatIsOver() {
        ChainCache cache = new ChainCache();
        Instant end = Instant.parse("2026-11-23T00:00:00Z");
        cache.put(key(1), new VerifiedChain(List.of(client.certificate()), end, List.of()));

        assertThat(cache.get(key(1), end.minusMillis(1))).isNotNull();
        assertThat(cache.get(key(1), end)).isNull();
        assertThat(cache.size()).isZero();
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(0, number);
    }

    private ClientTrust trust(X509CRL... lists) throws GeneralSecurityException, IOException {
        return trust(List.of(authority.certificate()), lists);
    }

    private ClientTrust trust(List<X509Certificate> authorities, X509CRL... lists)
            throws GeneralSecurityException, IOException {
        Identity server = authority.issue("CN=smokescreen");
        return new ClientTrust(new TlsSettings(
                new ServerIdentity(server.key(), server.chain()),
                authorities,
                List.of(lists).stream().map(CrlFile::of).toList(),
                false,
                false,
                false));
    }

    private static String outcome(ClientTrust trust, Identity client) throws CertificateException {
        try {
            assertThat(trust.verify(chain(client)).certificates()).isEqualTo(client.chain());
            return "trusted";
        } catch (RefusedCertificateException e) {
            return e.refusal().name();
        }
    }

    private static X509Certificate[] chain(Identity identity) {
        return identity.chain().toArray(X509Certificate[]::new);
    }
}
