package dev.heartbeat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Named groups of registered nodes, and what is sent to all members of one. A node is in the group
 * that it names in its metadata, under the key that is the server's
 * {@link HeartbeatServer.Builder#groupKey}, and in those that the application has joined it to; one
 * that is in a group both ways is in it once. A group is there as long as it has members.
 *
 * <p>Being joined lasts for the node's stay: it survives reconnects within the grace, and is over
 * with OFFLINE, whatever the reason. A node that comes after that is joined anew, if it is to be.
 *
 * <p>Every method may be called from any thread, waits for nobody, and takes time in proportion to
 * the group at most.
 *
 * @since 0.1
 */
public interface NodeGroups {

    /**
     * Joins whichever process is registered by this id to a group.
     *
     * @param group 1 to 128 characters of A–Z a–z 0–9 . _ : -
     * @return whether the node is a member now, and if not, why
     * @throws IllegalArgumentException if the name is another
     */
    JoinResult join(String group, String nodeId);

    /**
     * Ends what {@link #join} began. Whoever names the group in its metadata stays in it.
     *
     * @return false if the node was not joined to the group
     */
    boolean leave(String group, String nodeId);

    /**
     * {@return the groups that a node is in now, by either way, in the order of their names; none
     * if it is not registered}
     */
    Set<String> groupsOf(String nodeId);

    /**
     * {@return the members, each as it is when the stream reaches it; as
     * {@link NodeRegistry#group}}
     */
    Stream<Node> members(String group);

    /** {@return the number of members, in constant time; as {@link NodeRegistry#groupSize}} */
    long size(String group);

    /**
     * Offers a message to every member, ONLINE or SUSPECT, on channel 0. For each it is as by
     * {@link HeartbeatServer#trySend}, and the message stays the caller's; see
     * {@link HeartbeatServer#broadcast(ByteBuffer)}. The group's {@link SlowMemberPolicy} decides
     * if a member's queue is full.
     *
     * @return the outcome for each recipient
     * @throws IllegalArgumentException if the message is longer than a message may be
     */
    BroadcastResult broadcast(String group, ByteBuffer message);

    /**
     * Offers messages to every member in the order of the list, each as by {@link #broadcast}. It
     * costs less than to send them one by one: the members are looked up once, and the bus is
     * notified once for each. Other messages to a member may come between them.
     *
     * @param messages none is sent if one of them is null or too long
     * @return the outcome of each message, in the same order; unmodifiable
     * @throws IllegalArgumentException if a message is longer than a message may be
     */
    List<BroadcastResult> broadcastAll(String group, List<ByteBuffer> messages);

    /**
     * Sets what becomes of messages to this group where a member's queue is full;
     * {@link SlowMemberPolicy#SKIP} by default. It stays, whether the group has members or not,
     * until it is set back to the default.
     *
     * @throws IllegalStateException if as many groups have a policy of their own as may have one
     *     ({@link HeartbeatServer.Builder#maxGroupPolicies})
     */
    void setSlowMemberPolicy(String group, SlowMemberPolicy policy);
}
