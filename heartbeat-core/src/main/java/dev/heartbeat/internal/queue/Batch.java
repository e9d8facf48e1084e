package dev.heartbeat.internal.queue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/** The messages of one call, judged before any of them is offered. */
public final class Batch {

    private Batch() {}

    /**
     * The messages at this moment: the list may change meanwhile. Refuses null among them by its
     * place.
     */
    public static ByteBuffer[] of(List<ByteBuffer> messages) {
        ByteBuffer[] all = messages.toArray(new ByteBuffer[0]);
        for (int i = 0; i < all.length; i++) {
            int place = i;
            Objects.requireNonNull(all[i], () -> "messages[" + place + "]");
        }
        return all;
    }
}
