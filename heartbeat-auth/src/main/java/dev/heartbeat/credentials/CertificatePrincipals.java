package dev.heartbeat.credentials;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Lets those register whose certificate names them, over mutual TLS: the server asks clients for
 * certificates, and has verified them. By default a node may have the id that is its name, and no
 * other. Immutable; any thread.
 *
 * @since 0.1
 */
public final class CertificatePrincipals implements Authenticator {
    private static final int MAX_NAME = 256;

    /** E-mail address, DNS name and URI, by their numbers in RFC 5280. */
    private static final Set<Integer> TEXTS = Set.of(1, 2, 6);

    private final String what;
    private final Function<X509Certificate, @Nullable String> name;
    private final BiFunction<String, Applicant, Grant> grants;

    private CertificatePrincipals(
            String what,
            Function<X509Certificate, @Nullable String> name,
            BiFunction<String, Applicant, Grant> grants) {
        this.what = what;
        this.name = name;
        this.grants = grants;
    }

    /**
     * {@return an authenticator by the common name (CN) of the certificate's subject} A subject
     * with none or several is refused.
     */
    public static CertificatePrincipals commonName() {
        return new CertificatePrincipals(
                "the common name of the certificate", CertificatePrincipals::commonName, CertificatePrincipals::itself);
    }

    /**
     * {@return an authenticator by the first alternative name of the certificate's subject that is
     * an e-mail address, a DNS name or a URI} Without one it is refused.
     */
    public static CertificatePrincipals alternativeName() {
        return new CertificatePrincipals(
                "the alternative name of the certificate",
                CertificatePrincipals::alternativeName,
                CertificatePrincipals::itself);
    }

    /**
     * {@return the same, with another grant} For example {@code (name, applicant) ->
     * applicant.nodeId().startsWith(name + "-") ? Grant.to(name) : Grant.none()}.
     *
     * @param value called with the name, 1 to 256 characters, and with who wants to register, on
     *     the threads that make callbacks; a null answer or an exception decides nothing, as of
     *     {@link Authenticator}
     */
    public CertificatePrincipals granting(BiFunction<String, Applicant, Grant> value) {
        return new CertificatePrincipals(what, name, Objects.requireNonNull(value, "grants"));
    }

    private static Grant itself(String name, Applicant applicant) {
        return name.equals(applicant.nodeId()) ? Grant.to(name) : Grant.none();
    }

    @Override
    public CompletionStage<Grant> authenticate(Applicant applicant) {
        List<Certificate> shown = applicant.certificates();
        String named = !shown.isEmpty() && shown.get(0) instanceof X509Certificate own ? name.apply(own) : null;
        boolean usable = named != null && !named.isEmpty() && named.length() <= MAX_NAME;
        return CompletableFuture.completedFuture(usable ? grants.apply(named, applicant) : Grant.none());
    }

    private static @Nullable String commonName(X509Certificate certificate) {
        List<Object> found = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                // One part may have several attributes.
                Attribute names = part.toAttributes().get("CN");
                if (names != null) {
                    NamingEnumeration<?> values = names.getAll();
                    found.addAll(Collections.list(values));
                }
            }
        } catch (NamingException e) {
            return null;
        }
        return found.size() == 1 && found.get(0) instanceof String text ? text : null;
    }

    private static @Nullable String alternativeName(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return null;
        }
        if (names == null) {
            return null;
        }
        for (List<?> entry : names) {
            if (entry.get(0) instanceof Integer kind && TEXTS.contains(kind) && entry.get(1) instanceof String text) {
                return text;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return what;
    }
}
