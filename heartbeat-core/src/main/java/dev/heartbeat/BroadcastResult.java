package dev.heartbeat;

/**
 * The outcome of a message to many at the moment it was offered: {@code recipients} is
 * {@code accepted + full + closed + tooLarge}.
 *
 * @param recipients the nodes it was for: registered, and in the group or chosen where it was not
 *     for all
 * @param accepted of them took it into their queues; where it is not delivered after all,
 *     {@link NodeListener#onUndelivered} is called for each
 * @param full of them had no room for it
 * @param closed of them were gone, or had given their id to another process, between being chosen
 *     and being offered it
 * @param dropped older messages that were taken out of queues to make room for it
 *     ({@link SlowMemberPolicy#DROP_OLDEST})
 * @param removed members without room that have left the group for it
 *     ({@link SlowMemberPolicy#REMOVE}); they are counted as {@code full} too
 * @param tooLarge of them take no message of that length
 * @since 0.1
 */
public record BroadcastResult(
        long recipients, long accepted, long full, long closed, long dropped, long removed, long tooLarge) {}
