package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JvmMemoryTest {

    @Test
    void directMemoryIsMeasuredAgainstItsBound() {
        JvmMemory memory = new JvmMemory();
        double before = memory.direct();
        ByteBuffer some = ByteBuffer.allocateDirect(16 << 20);
        double after = memory.direct();
        assertThat(after).isGreaterThan(before).isLessThan(1);
        assertThat(some.capacity()).isPositive(); // It lives until here.
    }

    @Test
    void heapIsMeasuredAfterCollections() {
        JvmMemory memory = new JvmMemory();
        byte[] some = new byte[8 << 20];
        System.gc();
        assertThat(memory.heapAfterCollection()).isBetween(0.0001, 1.0);
        assertThat(some.length).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "64k, 65536", "3M, 3145728", "2g, 2147483648"})
    void boundIsRead(String text, double bytes) {
        List<String> arguments = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=5m", "-XX:MaxDirectMemorySize=" + text);
        assertThat(JvmMemory.maxDirect(arguments)).isEqualTo(bytes);
    }

    @Test
    void boundIsThatOfTheHeapByDefault() {
        double heap = Runtime.getRuntime().maxMemory();
        assertThat(JvmMemory.maxDirect(List.of("-Xmx1g"))).isEqualTo(heap);
        assertThat(JvmMemory.maxDirect(List.of("-XX:MaxDirectMemorySize=0"))).isEqualTo(heap);
    }
}
