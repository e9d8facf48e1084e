package dev.heartbeat.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.PrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyMaterialTest {
    /** The text of a key is its provider's, and may hold its numbers. */
    private static final class SpeakingKey implements PrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        @Override
        public String getFormat() {
            return "PKCS#8";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }

        @Override
        public String toString() {
            return "private exponent: 4711";
        }
    }

    @Test
    void textShowsNoPrivateKey() {
        assertThat(new KeyMaterial(new SpeakingKey(), List.of()))
                .hasToString("a private key of RSA with 0 certificates");
    }
}
