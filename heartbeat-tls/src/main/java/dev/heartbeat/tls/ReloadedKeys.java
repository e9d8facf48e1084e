package dev.heartbeat.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives a living context the key that is in force. An engine asks for an alias first and for what is
 * behind it later; the alias names the material, so both belong together though the files change in
 * between.
 */
final class ReloadedKeys extends X509ExtendedKeyManager {
    private static final int KEPT = 2;

    private final Watched<KeyMaterial> keys;

    private record Named(String alias, KeyMaterial material, ServerNames names) {}

    /** The newest first. */
    private volatile Named[] named = {};

    ReloadedKeys(Watched<KeyMaterial> keys) {
        this.keys = keys;
        nameCurrent();
    }

    private String nameCurrent() {
        KeyMaterial current = keys.current();
        Named[] known = named;
        if (known.length > 0 && known[0].material.equals(current)) {
            return known[0].alias;
        }
        return name(current);
    }

    private synchronized String name(KeyMaterial current) {
        Named[] known = named;
        if (known.length > 0 && known[0].material.equals(current)) {
            return known[0].alias;
        }
        long number = known.length == 0 ? 1 : Long.parseLong(known[0].alias) + 1;
        Named[] next = new Named[Math.min(KEPT, known.length + 1)];
        next[0] = new Named(
                Long.toString(number), current, ServerNames.of(current.chain().get(0)));
        System.arraycopy(known, 0, next, 1, next.length - 1);
        named = next;
        return next[0].alias;
    }

    /** The hosts that the certificate in force is for. */
    ServerNames names() {
        nameCurrent();
        return named[0].names;
    }

    /** The number of keys that were in force before this one. The files may be looked at. */
    int generation() {
        return Integer.parseInt(nameCurrent()) - 1;
    }

    private @Nullable KeyMaterial behind(String alias) {
        for (Named each : named) {
            if (each.alias.equals(alias)) {
                return each.material;
            }
        }
        return null;
    }

    private @Nullable String aliasFor(String keyType) {
        String alias = nameCurrent();
        KeyMaterial material = behind(alias);
        return material != null && keyType.startsWith(material.key().getAlgorithm()) ? alias : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        for (String keyType : keyTypes) {
            String alias = aliasFor(keyType);
            if (alias != null) {
                return alias;
            }
        }
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        KeyMaterial material = behind(alias);
        return material == null ? null : material.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        KeyMaterial material = behind(alias);
        return material == null ? null : material.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(keyType);
    }
}
