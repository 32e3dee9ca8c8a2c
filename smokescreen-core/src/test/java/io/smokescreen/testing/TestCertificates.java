package io.smokescreen.testing;

import io.smokescreen.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;

/** A certificate authority for an hour, with P-256 keys. */
public final class TestCertificates {

    private static final String NAME = "CN=Test CA";
    private static final char[] NO_PASSWORD = {};

    private final Identity authority;

    private TestCertificates(Identity authority) {
        this.authority = authority;
    }

    /** A private key and its certificate, and what leads from that to a root, which is left out. */
    public record Identity(PrivateKey key, List<X509Certificate> chain) {

        public X509Certificate certificate() {
            return chain.get(0);
        }

        /** {@return this with other certificates to be sent along with its own} */
        public Identity with(X509Certificate... others) {
            List<X509Certificate> all = new ArrayList<>(List.of(certificate()));
            all.addAll(List.of(others));
            return new Identity(key, all);
        }
    }

    /** {@return a new authority, always of the same name} */
    public static TestCertificates create() throws GeneralSecurityException, IOException {
        return create(NAME);
    }

    /** {@return a new authority of that name} */
    public static TestCertificates create(String name) throws GeneralSecurityException, IOException {
        KeyPair keys = TestIssuance.newKeys("EC");
        return new TestCertificates(selfSigned(name, keys).issueAuthority());
    }

    /** {@return a certificate to be issued by itself, with whatever the test wants it to have} */
    public static TestIssuance selfSigned(String name, KeyPair keys) {
        return new TestIssuance(new X500Name(name), keys, null).keys(keys);
    }

    /** {@return an authority under this one} */
    public TestCertificates intermediate(String name) throws GeneralSecurityException, IOException {
        return new TestCertificates(issuing(name).issueAuthority());
    }

    /** {@return an authority under this one that is valid until then} */
    public TestCertificates intermediate(String name, Instant end) throws GeneralSecurityException, IOException {
        return new TestCertificates(issuing(name).validUntil(end).issueAuthority());
    }

    /** {@return the authority's own certificate} */
    public X509Certificate certificate() {
        return authority.certificate();
    }

    /** {@return the authority's key and certificate} */
    public Identity authority() {
        return authority;
    }

    /** {@return an identity, such as {@code CN=app,OU=payments}} */
    public Identity issue(String subject) throws GeneralSecurityException, IOException {
        return issuing(subject).issue();
    }

    /** {@return an identity to be issued, with whatever the test wants it to have} */
    public TestIssuance issuing(String subject) {
        return issuing(new X500Name(subject));
    }

    /** {@return the same, with a subject that cannot be written} */
    public TestIssuance issuing(X500Name subject) {
        return new TestIssuance(subject, null, authority);
    }

    /** {@return a revocation list to be made} */
    public TestCrl revoking(X509Certificate... certificates) {
        return new TestCrl(authority, List.of(certificates));
    }

    /** {@return TLS for a proxy that asks clients for certificates of this authority} */
    public TlsOptions proxyTls() throws GeneralSecurityException, IOException {
        Identity server = issue("CN=smokescreen");
        return TlsOptions.of(server.key(), List.of(server.certificate()))
                .withClientAuthorities(List.of(authority.certificate()));
    }

    /**
     * {@return TLS for a client that trusts this authority and shows these certificates, none or one, whomever the server
     * trusts}
     */
    public SSLContext clientTls(Identity... identities) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        trusted.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = identities.length == 0 ? null : new KeyManager[] {new OneKey(identities[0])};
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    /** {@return TLS for a server with this identity} */
    public static SSLContext serverTls(Identity identity) throws GeneralSecurityException, IOException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NO_PASSWORD);
        own.setKeyEntry("own", identity.key(), NO_PASSWORD, identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** {@return an identity for a server of that DNS name, which need not be one that TLS clients take} */
    public Identity server(String dnsName) throws GeneralSecurityException, IOException {
        return issuing("CN=server")
                .names(new GeneralName(GeneralName.dNSName, dnsName))
                .issue();
    }

    /** Shows its certificate even to a server that does not ask for one of its issuer. */
    private static final class OneKey extends X509ExtendedKeyManager {

        private static final String ALIAS = "own";

        private final Identity identity;

        OneKey(Identity identity) {
            this.identity = identity;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }
    }
}
