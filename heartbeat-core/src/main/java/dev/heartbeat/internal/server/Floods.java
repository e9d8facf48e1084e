package dev.heartbeat.internal.server;

import dev.heartbeat.ServerOptions;

/**
 * Ends connections that send more control frames than they may, and keeps their nodes away for a
 * while. There is one for a loop, without any state of a session.
 */
final class Floods {
    private final ServerLoop loop;

    Floods(ServerLoop loop) {
        this.loop = loop;
    }

    /** The session is sent away. Its node is banned for a while, and has its grace. */
    void end(ServerSession session) {
        ServerOptions limits = loop.server.options();
        long nowNs = loop.shard.nowNs();
        OwnBinding node = session.own();
        loop.counters.add(Counter.FLOODS, 1);
        loop.server.log.flooded(session.remoteAddress(), node == null ? null : node.nodeId(), limits, nowNs);
        if (node != null) {
            loop.server.bans.begin(session.remoteAddress(), node.nodeId(), nowNs);
        }
        session.sendAwayForNow(
                0,
                limits.banTime().toMillis(),
                "more than " + limits.controlFramesPerSecond() + " control frames per second");
    }

    /** Refuses the registration of a node that is banned; false if it is not. */
    boolean refuses(ServerSession session, int handle, String nodeId) {
        long leftMillis = loop.server.bans.leftMillis(session.remoteAddress(), nodeId, loop.shard.nowNs());
        if (leftMillis == 0) {
            return false;
        }
        loop.counters.add(Counter.BANNED, 1);
        loop.counters.add(Counter.REGISTRATIONS_REFUSED, 1);
        session.sendAwayForNow(handle, leftMillis, "the node sent too many control frames before");
        return true;
    }
}
