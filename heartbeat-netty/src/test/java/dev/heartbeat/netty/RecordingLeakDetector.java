package dev.heartbeat.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps what Netty finds to leak, so that a leak fails the test class after which it is found. */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    /** Netty makes it, by the name in a system property. */
    public RecordingLeakDetector(Class<?> type, int samplingInterval) {
        super(type, samplingInterval);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
    }

    /** Returns the leaks so far, and forgets them. */
    static String found() {
        System.gc();
        // Leaks are noticed when something of the kind is made.
        ByteBufAllocator.DEFAULT.buffer().release();
        String found = String.join("\n", LEAKS);
        LEAKS.clear();
        return found;
    }

    /** After each test class: JUnit finds it by itself. */
    public static final class Check implements AfterAllCallback {

        @Override
        public void afterAll(ExtensionContext context) {
            assertThat(found()).as("leaks").isEmpty();
        }
    }
}
