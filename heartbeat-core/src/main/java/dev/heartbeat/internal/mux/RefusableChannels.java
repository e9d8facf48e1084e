package dev.heartbeat.internal.mux;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The channels on which the other side may still refuse a message. */
final class RefusableChannels {
    /** Made with the first. */
    private @Nullable ArrayList<MuxChannel> channels;

    void add(MuxChannel channel) {
        if (!channel.inRefusable) {
            channel.inRefusable = true;
            if (channels == null) {
                channels = new ArrayList<>(1);
            }
            channels.add(channel);
        }
    }

    /**
     * The other side has received so many frames, and refuses no message any more that is all in
     * them.
     */
    void onPosition(long position) {
        ArrayList<MuxChannel> known = channels;
        if (known == null) {
            return;
        }
        known.removeIf(channel -> {
            channel.inRefusable = channel.out.received(position);
            return !channel.inRefusable;
        });
        if (known.isEmpty()) {
            channels = null;
        }
    }
}
