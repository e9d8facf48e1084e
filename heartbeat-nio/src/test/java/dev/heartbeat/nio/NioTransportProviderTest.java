package dev.heartbeat.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class NioTransportProviderTest {

    @Test
    void isFoundAndStartsWhatItWasToldTo() {
        TransportProvider provider = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("nio"))
                .findFirst()
                .orElseThrow();
        assertThat(provider.isAvailable()).isTrue();
        assertThat(provider.priority()).isZero();
        try (Transport transport =
                provider.create(TransportOptions.builder().eventLoops(3).build())) {
            assertThat(transport).isInstanceOf(NioTransport.class);
            assertThat(transport.name()).isEqualTo("nio");
            assertThat(transport.eventLoops()).hasSize(3);
        }
    }
}
