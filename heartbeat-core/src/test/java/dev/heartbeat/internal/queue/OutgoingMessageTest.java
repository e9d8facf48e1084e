package dev.heartbeat.internal.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.spi.Connection;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutgoingMessageTest {
    private final List<String> written = new ArrayList<>();

    @Test
    void anUntouchedBufferIsWrittenItself() {
        ByteBuffer buffer = ByteBuffer.allocate(8).limit(5).position(2);
        List<ByteBuffer> seen = new ArrayList<>();
        new OutgoingMessage(buffer).writeTo(connection(() -> {}, seen), 1, 2);
        assertThat(seen).singleElement().isSameAs(buffer);
        assertThat(buffer.position()).isEqualTo(2);
        assertThat(buffer.limit()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 9})
    void whatIsWrittenDoesNotFollowPositionAndLimit(int limit) {
        ByteBuffer buffer = ByteBuffer.wrap("0123456789".getBytes(US_ASCII), 2, 6);
        OutgoingMessage message = new OutgoingMessage(buffer);
        buffer.limit(limit).position(limit);
        message.writeTo(connection(() -> {}, new ArrayList<>()), 0, 4);
        message.writeTo(connection(() -> {}, new ArrayList<>()), 4, 2);
        assertThat(written).containsExactly("2345", "67");
        assertThat(message.length()).isEqualTo(6);
        assertThat(message.content()).isSameAs(buffer);
        assertThat(US_ASCII.decode(buffer).toString()).isEqualTo("234567");
    }

    @Test
    void limitThatIsLoweredWhileTheMessageIsWrittenHarmsNothing() {
        ByteBuffer buffer = ByteBuffer.wrap("0123456789".getBytes(US_ASCII), 2, 6);
        new OutgoingMessage(buffer).writeTo(connection(() -> buffer.limit(3), new ArrayList<>()), 0, 6);
        assertThat(written).containsExactly("234567");
    }

    /** Runs a task when a write begins, as another thread could. */
    private Connection connection(Runnable whenWriting, List<ByteBuffer> seen) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, given) -> {
                    whenWriting.run();
                    ByteBuffer content = (ByteBuffer) given[0];
                    written.add(US_ASCII.decode(content.slice((int) given[1], (int) given[2]))
                            .toString());
                    seen.add(content);
                    return null;
                });
    }
}
