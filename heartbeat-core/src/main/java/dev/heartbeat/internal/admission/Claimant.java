package dev.heartbeat.internal.admission;

import java.net.InetSocketAddress;

/** A node id, and the source that claims it. */
record Claimant(Source source, String id) implements Comparable<Claimant> {
    static Claimant of(InetSocketAddress from, String id) {
        return new Claimant(Source.of(from), id);
    }

    @Override
    public int compareTo(Claimant other) {
        int bySource = source.compareTo(other.source);
        return bySource != 0 ? bySource : id.compareTo(other.id);
    }
}
