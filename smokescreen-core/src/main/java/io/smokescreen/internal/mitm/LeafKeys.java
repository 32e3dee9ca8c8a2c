package io.smokescreen.internal.mitm;

import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows one certificate to each client, whatever name it asks for. A key store, which is how the JDK has it, would encrypt the
 * key with many rounds of hashing for each host.
 */
final class LeafKeys extends SimpleKeyManagerFactory {

    private final KeyManager[] managers;

    LeafKeys(PrivateKey key, List<X509Certificate> chain) {
        this.managers = new KeyManager[] {new OneKey(key, chain)};
    }

    @Override
    protected void engineInit(KeyStore keyStore, char[] password) {
        throw new UnsupportedOperationException("the key is known already");
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
        throw new UnsupportedOperationException("the key is known already");
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
        return managers.clone();
    }

    private static final class OneKey extends X509ExtendedKeyManager {

        private static final String ALIAS = "leaf";

        private final PrivateKey key;
        private final X509Certificate[] chain;

        OneKey(PrivateKey key, List<X509Certificate> chain) {
            this.key = key;
            this.chain = chain.toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            return alias(keyType);
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            return alias(keyType);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            String alias = alias(keyType);
            return alias == null ? null : new String[] {alias};
        }

        private @Nullable String alias(String keyType) {
            return keyType.equals(key.getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return alias.equals(ALIAS) ? chain.clone() : null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return alias.equals(ALIAS) ? key : null;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
