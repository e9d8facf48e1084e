package dev.heartbeat.fuzz;

import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.mux.InboundBudget;
import dev.heartbeat.spi.ConnectionHandler;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the amount of held memory, which no method reports. */
final class Inside {
    private Inside() {}

    static long bytesHeldBy(FrameDecoder decoder) {
        ByteBuffer partial = (ByteBuffer) field(decoder, "partial");
        return partial == null ? 0 : partial.capacity();
    }

    /** The rest of the budget for large messages. */
    static long freeBudget(HeartbeatServer server) {
        return free((InboundBudget) field(server, "server", "budget"));
    }

    /** The bytes that the connections of each address have of it. */
    static Map<?, ?> partsOfAddresses(HeartbeatServer server) {
        return (Map<?, ?>) field(server, "server", "budget", "byOrigin");
    }

    static long freeBudget(HeartbeatClient client) {
        return free((InboundBudget) field(client, "client", "budget"));
    }

    static long free(InboundBudget budget) {
        return (long) field(budget, "free");
    }

    /** The number of a session's channels and refusals whose frames wait for the socket. */
    static int unsaid(ConnectionHandler session) {
        Object mux = inherited(session, "mux");
        return mux == null
                ? 0
                : ((Collection<?>) Objects.requireNonNull(field(mux, "control", "control"))).size()
                        + ((Collection<?>) Objects.requireNonNull(field(mux, "control", "refusals"))).size();
    }

    private static @Nullable Object inherited(Object holder, String name) {
        try {
            Field field = holder.getClass().getSuperclass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(holder);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("it has another name by now", e);
        }
    }

    /** The number of calls into the application that wait in the serial executors of all nodes. */
    static int callsThatWait(HeartbeatServer server) {
        int waiting = 0;
        for (Object entry : ((Map<?, ?>) field(server, "server", "table", "entries")).values()) {
            waiting += callsInExecutorOf(entry);
        }
        return waiting;
    }

    static int callsThatWait(HeartbeatClient client) {
        return callsInExecutorOf(field(client, "client", "events"));
    }

    private static int callsInExecutorOf(Object owner) {
        Collection<?> calls = (Collection<?>) field(owner, "executor", "calls");
        return calls == null ? 0 : calls.size();
    }

    private static @Nullable Object field(Object holder, String... path) {
        @Nullable Object found = holder;
        try {
            for (String name : path) {
                if (found == null) {
                    return null; // Not made yet, or dropped.
                }
                Field field = found.getClass().getDeclaredField(name);
                field.setAccessible(true);
                found = field.get(found);
            }
            return found;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("it has another name by now", e);
        }
    }
}
