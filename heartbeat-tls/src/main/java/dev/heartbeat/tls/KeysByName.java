package dev.heartbeat.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Several certificates of one server. A client asks for a host (SNI, RFC 6066), and gets a
 * certificate of exactly that name, else one whose wildcard covers it, else the first of all. An
 * alias is the place of a certificate, a dot, and its own alias.
 */
final class KeysByName extends X509ExtendedKeyManager {
    private final List<ReloadedKeys> all;

    /** By the certificates in their order. */
    KeysByName(List<ReloadedKeys> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        // Among those of the name only: the first certificate may have the key type that is asked
        // for, and be for another host.
        for (ReloadedKeys each : named(requestedName(engine))) {
            String alias = each.chooseEngineServerAlias(keyType, issuers, engine);
            if (alias != null) {
                return all.indexOf(each) + "." + alias;
            }
        }
        return null;
    }

    private List<ReloadedKeys> named(@Nullable String name) {
        if (name != null) {
            List<ReloadedKeys> exact = those(names -> names.hasExactly(name));
            List<ReloadedKeys> found = exact.isEmpty() ? those(names -> names.hasByWildcard(name)) : exact;
            if (!found.isEmpty()) {
                return found;
            }
        }
        return all.subList(0, 1);
    }

    private List<ReloadedKeys> those(Predicate<ServerNames> matching) {
        List<ReloadedKeys> found = new ArrayList<>();
        for (ReloadedKeys each : all) {
            if (matching.test(each.names())) {
                found.add(each);
            }
        }
        return found;
    }

    private static @Nullable String requestedName(@Nullable SSLEngine engine) {
        if (engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
        }
        return null;
    }

    private ReloadedKeys of(String alias) {
        return all.get(Integer.parseInt(alias.substring(0, alias.indexOf('.'))));
    }

    private static String ownAlias(String alias) {
        return alias.substring(alias.indexOf('.') + 1);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return of(alias).getCertificateChain(ownAlias(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return of(alias).getPrivateKey(ownAlias(alias));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
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
