package dev.heartbeat.internal.admission;

import org.jspecify.annotations.Nullable;

/** The connections that are open from one source. Shared by them; written under the lock of all. */
public final class Place {
    final Source source;
    /** That of the network, for an IPv6 address. */
    final @Nullable Place network;

    int open;

    Place(Source source, @Nullable Place network) {
        this.source = source;
        this.network = network;
    }
}
