package dev.heartbeat.tls;

import dev.heartbeat.spi.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link TlsLoop} of each event loop that has a connection of this layer. */
final class TlsLoops {
    private final boolean direct;
    private final Map<EventLoop, TlsLoop> loops = new ConcurrentHashMap<>();

    TlsLoops(boolean direct) {
        this.direct = direct;
    }

    /** For one more connection. On the loop. */
    TlsLoop enter(EventLoop eventLoop) {
        TlsLoop loop = loops.computeIfAbsent(eventLoop, of -> new TlsLoop(of, direct));
        loop.addConnections(1);
        return loop;
    }

    /** One connection less. With the last, the loop is forgotten: a transport may end. On the loop. */
    void leave(TlsLoop loop) {
        if (loop.addConnections(-1) == 0) {
            loops.remove(loop.eventLoop());
        }
    }
}
