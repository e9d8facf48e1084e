package dev.heartbeat.spi;

/** What runs on an {@link EventLoop} beside its sockets. */
public interface LoopAgent {

    /** The deadline of {@link EventLoop#wakeAt} has come; the timer is off again. On the loop; must not block. */
    void onWake(long nowNs);
}
