package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopbackAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 1, 127.0.0.1",
        "127.0.0.1, 10000, 127.0.0.1",
        "127.0.0.1, 10001, 127.0.0.2",
        "127.0.0.1, 1000000, 127.0.0.100",
        "127.0.0.255, 10001, 127.0.1.0",
        "127.9.255.255, 10001, 127.10.0.0"
    })
    void tenThousandConnectionsFindTheServerAtOneAddress(String first, int connection, String address) {
        assertThat(LoopbackAddresses.of(first, connection)).isEqualTo(address);
    }
}
