package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class RecordingLeakDetectorTest {

    @Test
    @Timeout(30)
    void aLeakIsFound() {
        leak();
        String found = "";
        while (found.isEmpty()) {
            found = RecordingLeakDetector.found();
        }
        assertThat(found).contains("ByteBuf").contains("RecordingLeakDetectorTest.leak");
    }

    private static void leak() {
        ByteBufAllocator.DEFAULT.buffer().writeByte(1);
    }
}
