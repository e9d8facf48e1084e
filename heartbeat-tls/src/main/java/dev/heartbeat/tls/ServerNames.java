package dev.heartbeat.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The host names that a certificate is for, in lower case.
 *
 * @param exact whole names
 * @param wildcards what stands behind the star of {@code *.example.com}, with its dot; the star is
 *     one label
 */
record ServerNames(Set<String> exact, Set<String> wildcards) {
    private static final int DNS_NAME = 2;

    /** Its subject alternative names, as far as they are host names. */
    static ServerNames of(X509Certificate certificate) {
        Set<String> exact = new HashSet<>();
        Set<String> wildcards = new HashSet<>();
        for (List<?> each : alternativeNames(certificate)) {
            if (Integer.valueOf(DNS_NAME).equals(each.get(0))) {
                String name = each.get(1).toString().toLowerCase(Locale.ROOT);
                if (name.startsWith("*.")) {
                    wildcards.add(name.substring(1));
                } else {
                    exact.add(name);
                }
            }
        }
        return new ServerNames(Set.copyOf(exact), Set.copyOf(wildcards));
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of(); // The certificate is for nobody then.
        }
    }

    boolean isEmpty() {
        return exact.isEmpty() && wildcards.isEmpty();
    }

    boolean hasExactly(String name) {
        return exact.contains(name);
    }

    boolean hasByWildcard(String name) {
        int dot = name.indexOf('.');
        return dot > 0 && wildcards.contains(name.substring(dot));
    }
}
