package dev.heartbeat.internal.channel;

import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.internal.frame.ChannelOpen;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the channels that the other side opens: by name, or one for all other names, or
 * nobody. Filled before it is used, and unchanged from then on.
 */
public final class Acceptors {
    private final Map<String, Handler> byName;
    private final @Nullable Handler byDefault;

    /** The use of a channel, and its acceptor. */
    public record Handler(ChannelOptions options, ChannelAcceptor acceptor) {}

    private Acceptors(Map<String, Handler> byName, @Nullable Handler byDefault) {
        this.byName = Map.copyOf(byName);
        this.byDefault = byDefault;
    }

    /** Collects them. */
    public static final class Builder {
        private final Map<String, Handler> byName = new LinkedHashMap<>();
        private @Nullable Handler byDefault;

        /**
         * @throws IllegalArgumentException if no channel can have this name
         */
        public void add(String name, ChannelOptions options, ChannelAcceptor acceptor) {
            requireName(name);
            byName.put(name, new Handler(options, acceptor));
        }

        public void byDefault(ChannelOptions options, ChannelAcceptor acceptor) {
            byDefault = new Handler(options, acceptor);
        }

        public Acceptors build() {
            return new Acceptors(byName, byDefault);
        }
    }

    static void requireName(String name) {
        String objection = ChannelOpen.objection(name);
        if (!objection.isEmpty()) {
            throw new IllegalArgumentException(objection);
        }
    }

    /** Null if there is nobody for it. */
    public @Nullable Handler find(String name) {
        return byName.getOrDefault(name, byDefault);
    }
}
