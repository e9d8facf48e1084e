package dev.heartbeat.spi;

/**
 * Work that runs on an {@link EventLoop} beside its sockets.
 *
 * @since 0.1
 */
public interface LoopAgent {

    /**
     * The deadline of {@link EventLoop#wakeAt} has come; the timer is off again. On the loop; must
     * not block.
     *
     * <p>If it throws, that is counted among {@link EventLoop#failures()}, and where it has set no
     * new deadline it is woken again a second later: an agent that is never woken would never find
     * anybody dead.
     */
    void onWake(long nowNs);
}
