package dev.heartbeat.internal.client;

import dev.heartbeat.internal.channel.ChannelEnd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Channels that are opened as soon as their node is registered, in the order of the calls. Bounded.
 * Costs no list while none waits. Confined to the loop.
 */
final class WaitingChannels {
    static final int MAX = 1000;

    private @Nullable List<ChannelEnd> ends;

    /** Returns false if too many wait already. */
    boolean add(ChannelEnd end) {
        List<ChannelEnd> waiting = ends;
        if (waiting == null) {
            waiting = new ArrayList<>();
            ends = waiting;
        }
        return waiting.size() < MAX && waiting.add(end);
    }

    /** Removes all and returns them. */
    List<ChannelEnd> removeAll() {
        List<ChannelEnd> waiting = ends;
        ends = null;
        return waiting == null ? List.of() : waiting;
    }
}
