package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
final class NettyTransportProviderTest {

    @Test
    void itIsTakenBeforeTheOneWithoutADependency() {
        assertThat(TransportProvider.best().orElseThrow()).isInstanceOf(NettyTransportProvider.class);
    }

    @ParameterizedTest
    @CsvSource({
        "netty, netty-epoll",
        "netty-epoll, netty-epoll",
        "netty-nio, netty-nio",
        "netty-io_uring, netty-io_uring"
    })
    void eachNameIsFoundAndStartsWhatItSays(String name, String started) {
        TransportProvider provider = TransportProvider.named(name);
        assertThat(provider.isAvailable()).isTrue();
        try (Transport transport =
                provider.create(TransportOptions.builder().eventLoops(3).build())) {
            assertThat(transport.name()).isEqualTo(started);
            assertThat(transport.eventLoops()).hasSize(3);
        }
    }
}
