package dev.heartbeat.internal.client;

import dev.heartbeat.ServerAddress;
import dev.heartbeat.ServerOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The servers of a client, and the one whose turn it is. A node that loses its connection comes back
 * to the same server first, which keeps its place for the grace. Confined to the loop.
 */
final class ServerList {
    static final int MAX_SERVERS = 1000;

    private final List<ServerAddress> servers;
    private final ServerOrder order;
    private final RandomGenerator random;
    private int turn;
    /** Whether the node was registered there, and no attempt has failed since. */
    private boolean wasThere;

    /** Refuses what {@link dev.heartbeat.HeartbeatClient.Builder#servers} does not allow. */
    static List<ServerAddress> checked(List<ServerAddress> servers) {
        List<ServerAddress> all = new ArrayList<>(Objects.requireNonNull(servers, "servers"));
        if (all.isEmpty() || all.size() > MAX_SERVERS) {
            throw new IllegalArgumentException(
                    "servers has " + all.size() + " servers, allowed are 1 to " + MAX_SERVERS);
        }
        Set<ServerAddress> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            ServerAddress server = Objects.requireNonNull(all.get(i), "servers[" + i + "]");
            if (!seen.add(server)) {
                throw new IllegalArgumentException("servers has " + server + " twice");
            }
        }
        return List.copyOf(all);
    }

    /**
     * @param servers at least one
     */
    ServerList(List<ServerAddress> servers, ServerOrder order, RandomGenerator random) {
        this.servers = new ArrayList<>(servers);
        this.order = order;
        this.random = random;
        shuffle();
    }

    private void shuffle() {
        if (order == ServerOrder.SHUFFLED) {
            for (int i = servers.size() - 1; i > 0; i--) {
                Collections.swap(servers, i, random.nextInt(i + 1));
            }
        }
    }

    ServerAddress current() {
        return servers.get(turn);
    }

    void registered() {
        wasThere = true;
    }

    /** Those before the one whose turn it is, if their order says that they are better. */
    List<ServerAddress> better() {
        return order == ServerOrder.ORDERED ? List.copyOf(servers.subList(0, turn)) : List.of();
    }

    /** The node leaves the server whose turn it was for this one. */
    void moveTo(ServerAddress server) {
        turn = servers.indexOf(server);
        wasThere = false;
    }

    /** The server does not answer, or does not want the node now. */
    void failed() {
        if (wasThere && order == ServerOrder.ORDERED) {
            turn = turn == 0 && servers.size() > 1 ? 1 : 0; // The best of the others.
        } else if (turn + 1 < servers.size()) {
            turn++;
        } else {
            shuffle(); // Or clients with the same order meet at the same server again.
            turn = 0;
        }
        wasThere = false;
    }
}
