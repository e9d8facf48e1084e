package dev.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Options that go together: a default gives way to what was set, and what was set is refused. */
final class DependentOptionsTest {
    private static final int TWO_MIB = 2 * 1024 * 1024;

    @Test
    void aDefaultGivesWay() {
        assertThat(ServerOptions.builder().windowBytes(TWO_MIB).build().maxWindowBytes())
                .isEqualTo(TWO_MIB);
        assertThat(ClientOptions.builder().windowBytes(TWO_MIB).build().maxWindowBytes())
                .isEqualTo(TWO_MIB);
        assertThat(ChannelOptions.builder().windowBytes(TWO_MIB).build().maxWindowBytes())
                .isEqualTo(TWO_MIB);
        assertThat(ClientOptions.builder()
                        .reconnectBase(Duration.ofMinutes(2))
                        .build()
                        .reconnectCap())
                .isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whatWasSetIsRefused() {
        assertThatThrownBy(() -> ServerOptions.builder()
                        .windowBytes(TWO_MIB)
                        .maxWindowBytes(TWO_MIB - 1)
                        .build())
                .hasMessage("maxWindowBytes is 2097151, allowed is 2097152 to 1073741824");
        assertThatThrownBy(() -> ChannelOptions.builder().maxWindowBytes(20_000).build())
                .hasMessage("maxWindowBytes is 20000, allowed is 65536 to 1073741824");
        assertThatThrownBy(() -> ClientOptions.builder()
                        .reconnectCap(Duration.ofMillis(1))
                        .build())
                .hasMessage("reconnectCap is 1 ms, allowed is 500 ms to 86400 s");
    }

    @Test
    void unsetOptionsFollowAgainInABuilderMadeOfOptions() {
        ServerOptions minute =
                ServerOptions.builder().heartbeatTimeout(Duration.ofMinutes(1)).build();
        ServerOptions changed =
                minute.toBuilder().heartbeatTimeout(Duration.ofMinutes(2)).build();

        assertThat(minute.grace()).isEqualTo(Duration.ofMinutes(1));
        assertThat(changed.grace()).isEqualTo(Duration.ofMinutes(2));
        assertThat(changed.suspectAfter()).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void metadataAreCopiedAndAddedTo() {
        Map<String, String> given = new HashMap<>(Map.of("os", "linux"));
        ClientOptions.Builder builder = ClientOptions.builder().metadata(given);
        given.clear();

        assertThat(builder.metadata("rack", "7").build().metadata()).isEqualTo(Map.of("os", "linux", "rack", "7"));
        assertThat(builder.metadata(Map.of()).build().metadata()).isEmpty();
    }
}
