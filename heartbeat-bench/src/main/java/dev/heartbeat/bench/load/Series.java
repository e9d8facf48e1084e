package dev.heartbeat.bench.load;

import dev.heartbeat.bench.load.generator.Turn;
import dev.heartbeat.bench.load.server.State;
import java.util.List;

/**
 * All that was seen of one server.
 *
 * @param contestant who it is
 * @param turns what it did in each round
 * @param footprint its memory in the last round, with all connections there
 */
public record Series(Contestant contestant, List<Seen> turns, Footprint footprint) {
    /** One turn: what the load saw, and what the server counted meanwhile. */
    public record Seen(Turn turn, State state) {}
}
