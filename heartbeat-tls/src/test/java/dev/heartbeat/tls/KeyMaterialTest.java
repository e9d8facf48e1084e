package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyMaterialTest {
    /** A JDK's key of RSA shows its exponent as text. */
    @Test
    void textShowsNoPrivateKey() throws Exception {
        RSAPrivateKey key = (RSAPrivateKey)
                KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();

        assertThat(new KeyMaterial(key, List.of()))
                .hasToString("a private key of RSA with 0 certificates")
                .asString()
                .doesNotContain(key.getPrivateExponent().toString());
    }
}
