package dev.heartbeat.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Grant;
import io.netty.pkitesting.CertificateBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names that certificates give their nodes. */
final class CertificatePrincipalsTest {

    private static Grant ask(CertificatePrincipals principals, String nodeId, X509Certificate... shown) {
        return TokenFolder.ask(
                principals,
                new Applicant(
                        nodeId,
                        null,
                        Map.of(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 7),
                        List.of(shown)));
    }

    private static X509Certificate certificate(String subject, UnaryOperator<CertificateBuilder> more)
            throws Exception {
        return more.apply(new CertificateBuilder().ecp256().subject(subject).setIsCertificateAuthority(true))
                .buildSelfSigned()
                .getCertificate();
    }

    private static X509Certificate certificate(String subject) throws Exception {
        return certificate(subject, builder -> builder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=node-7 | node-7",
                "CN=node-7,O=Fleet,C=DE | node-7",
                "O=Fleet,CN=node-7+OU=Edge | node-7",
                "O=Fleet | ''",
                "CN=node-7,CN=node-8 | ''",
                "O='CN=node-7' | ''",
            })
    void subjectNamesTheNode(String subject, String name) throws Exception {
        Grant grant = ask(CertificatePrincipals.commonName(), "node-7", certificate(subject));
        assertThat(grant.principal()).isEqualTo(name);
    }

    @Test
    void nodeOfAnotherIdOrWithoutCertificateIsRefused() throws Exception {
        X509Certificate own = certificate("CN=node-7");
        X509Certificate issuer = certificate("CN=node-8");

        assertThat(ask(CertificatePrincipals.commonName(), "node-8", own, issuer)
                        .isNone())
                .isTrue();
        assertThat(ask(CertificatePrincipals.commonName(), "Node-7", own).isNone())
                .isTrue();
        assertThat(ask(CertificatePrincipals.commonName(), "node-7").isNone()).isTrue();
    }

    @Test
    void alternativeNameIsTheFirstOfText() throws Exception {
        X509Certificate certificate = certificate(
                "CN=other",
                builder -> builder.addSanIpAddress("127.0.0.1")
                        .addSanDnsName("node-7")
                        .addSanDnsName("node-8"));

        CertificatePrincipals principals = CertificatePrincipals.alternativeName();
        assertThat(ask(principals, "node-7", certificate).principal()).isEqualTo("node-7");
        assertThat(ask(principals, "node-8", certificate).isNone()).isTrue();
        assertThat(ask(principals, "other", certificate).isNone()).isTrue();
        assertThat(ask(principals, "node-7", certificate("CN=node-7")).isNone()).isTrue();
    }

    @Test
    void functionGrantsWhatItLikes() throws Exception {
        CertificatePrincipals principals = CertificatePrincipals.commonName()
                .granting((name, applicant) -> applicant.nodeId().startsWith(name + "-")
                        ? Grant.to("site " + name).attaching(name + "-*")
                        : Grant.none());

        Grant grant = ask(principals, "3-gateway", certificate("CN=3"));
        assertThat(grant.principal()).isEqualTo("site 3");
        assertThat(grant.mayAttach("3-7")).isTrue();
        assertThat(ask(principals, "4-gateway", certificate("CN=3")).isNone()).isTrue();
        assertThat(ask(principals, "3-gateway", certificate("O=3")).isNone()).isTrue();
    }
}
