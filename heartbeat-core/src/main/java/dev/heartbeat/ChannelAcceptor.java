package dev.heartbeat;

/**
 * Decides on the channels that the other side opens.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ChannelAcceptor {

    /**
     * The other side opens a channel. It is open when this has returned, and messages may be sent
     * before.
     *
     * @param channel whose {@link Channel#nodeId} and {@link Channel#name} say whose it is and what
     *     for
     * @return who hears of it
     * @throws ChannelRefusedException to refuse it, with a reason that the other side receives
     */
    ChannelListener accept(Channel channel) throws ChannelRefusedException;
}
