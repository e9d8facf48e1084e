package dev.heartbeat.auth;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Authenticator} grants to a connection: who it is, which nodes it may speak for, and
 * what these may do. Without a word about it, they may do what everybody may who is registered.
 * Immutable.
 *
 * <p>What a node asks for and was not granted is refused with
 * {@link dev.heartbeat.FailureCode#FORBIDDEN} and counted; the node stays registered. What it has
 * ends likewise when a later grant of the same principal does not cover it: channels that it opened
 * close, it leaves the group in its metadata, and nodes that it speaks for lose their connection.
 *
 * @since 0.1
 */
public final class Grant {
    /** The number of patterns of each kind that a grant may have. */
    public static final int MAX_PATTERNS = 64;

    private static final int MAX_PRINCIPAL = 256;
    private static final Duration LEAST_VALIDITY = Duration.ofMillis(1);
    private static final Duration MAX_VALIDITY = Duration.ofDays(3650);
    private static final Grant NONE = new Grant("", NamePatterns.NONE, Actions.ALL, null);

    private final String principal;
    private final NamePatterns attaching;
    private final Actions actions;
    private final @Nullable Duration validity;

    /** What the nodes of a connection may do. */
    private record Actions(NamePatterns opening, NamePatterns addressing, NamePatterns joining) {
        static final Actions ALL = new Actions(NamePatterns.ALL, NamePatterns.ALL, NamePatterns.ALL);
    }

    private Grant(String principal, NamePatterns attaching, Actions actions, @Nullable Duration validity) {
        this.principal = principal;
        this.attaching = attaching;
        this.actions = actions;
        this.validity = validity;
    }

    /** {@return the refusal: nothing is granted, and the client hears UNAUTHORIZED} */
    public static Grant none() {
        return NONE;
    }

    /**
     * {@return the grant of the id that was asked for, and of nothing else}
     *
     * @param principal who it is that registers, such as an account or the subject of a
     *     certificate: 1 to 256 characters. Only the same principal may take a registered node
     *     over, or come back to it while its grace lasts
     * @throws IllegalArgumentException if it is empty or longer
     */
    public static Grant to(String principal) {
        Objects.requireNonNull(principal, "principal");
        if (principal.isEmpty() || principal.length() > MAX_PRINCIPAL) {
            throw new IllegalArgumentException(
                    "principal is " + principal.length() + " characters, allowed is 1 to " + MAX_PRINCIPAL);
        }
        return new Grant(principal, NamePatterns.NONE, Actions.ALL, null);
    }

    /**
     * {@return this grant, and that of further nodes that the connection speaks for as a gateway}
     * They register without another call of the authenticator, as the same principal.
     *
     * @param nodeIds an id; in it, {@code *} stands for any characters or none
     * @throws IllegalArgumentException if no id could match it, or there are {@link #MAX_PATTERNS}
     *     already
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant attaching(String nodeIds) {
        Objects.requireNonNull(nodeIds, "nodeIds");
        requireSome();
        return new Grant(principal, attaching.with(NamePattern.ofIds(nodeIds)), actions, validity);
    }

    /**
     * {@return this grant, with which nodes may open channels of these names only} It says nothing
     * of channels that the server opens.
     *
     * @param channelNames each a name; in it, {@code *} stands for any characters or none. Without
     *     one, nodes may open no channel
     * @throws IllegalArgumentException if no channel could have such a name, or there are more than
     *     {@link #MAX_PATTERNS}
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant openingOnly(String... channelNames) {
        NamePatterns names = NamePatterns.of("channelNames", NamePattern::ofChannels, channelNames);
        return with(new Actions(names, actions.addressing, actions.joining));
    }

    /**
     * {@return this grant, with which nodes may send to these other nodes only} The server's
     * {@link dev.heartbeat.RoutePolicy} is asked about those. A node may answer whoever asked it.
     *
     * @param nodeIds each an id; in it, {@code *} stands for any characters or none. Without one,
     *     nodes may send to the server only
     * @throws IllegalArgumentException if no id could match it, or there are more than
     *     {@link #MAX_PATTERNS}
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant addressingOnly(String... nodeIds) {
        NamePatterns ids = NamePatterns.of("nodeIds", NamePattern::ofIds, nodeIds);
        return with(new Actions(actions.opening, ids, actions.joining));
    }

    /**
     * {@return this grant, with which nodes may name these groups only in their metadata} It says
     * nothing of groups that the server's application joins a node to.
     *
     * @param groups each a name; in it, {@code *} stands for any characters or none. Without one,
     *     nodes may name no group
     * @throws IllegalArgumentException if one is empty or longer than 128 characters, or there are
     *     more than {@link #MAX_PATTERNS}
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant joiningOnly(String... groups) {
        NamePatterns names = NamePatterns.of("groups", NamePattern::ofGroups, groups);
        return with(new Actions(actions.opening, actions.addressing, names));
    }

    private Grant with(Actions narrowed) {
        requireSome();
        return new Grant(principal, attaching, narrowed, validity);
    }

    /**
     * {@return this grant, for so long} The time runs from the moment when the server has the
     * answer, by the clock of its event loop, which no change of the machine's time moves. The client
     * is asked for another credential in time; without one the node is sent away, and has its grace.
     *
     * @param time 1 ms to 3,650 days
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if this is {@link #none}
     */
    public Grant validFor(Duration time) {
        Objects.requireNonNull(time, "time");
        requireSome();
        if (time.compareTo(LEAST_VALIDITY) < 0 || time.compareTo(MAX_VALIDITY) > 0) {
            throw new IllegalArgumentException("time is " + time + ", allowed is 1 ms to 3,650 days");
        }
        return new Grant(principal, attaching, actions, time);
    }

    private void requireSome() {
        if (isNone()) {
            throw new IllegalStateException("a refusal grants no nodes");
        }
    }

    /** {@return whether it refuses} */
    public boolean isNone() {
        return principal.isEmpty();
    }

    /** {@return who it is; empty where it refuses} */
    public String principal() {
        return principal;
    }

    /** {@return for how long it is valid; null if it does not expire} */
    public @Nullable Duration validity() {
        return validity;
    }

    /** {@return whether the connection may speak for this node as a gateway} */
    public boolean mayAttach(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return attaching.match(nodeId);
    }

    /** {@return whether its nodes may open a channel of this name} */
    public boolean mayOpen(String channelName) {
        Objects.requireNonNull(channelName, "channelName");
        return !isNone() && actions.opening.match(channelName);
    }

    /** {@return whether its nodes may send to this node} */
    public boolean mayAddress(String nodeId) {
        Objects.requireNonNull(nodeId, "nodeId");
        return !isNone() && actions.addressing.match(nodeId);
    }

    /** {@return whether its nodes may name this group in their metadata} */
    public boolean mayJoin(String group) {
        Objects.requireNonNull(group, "group");
        return !isNone() && actions.joining.match(group);
    }

    @Override
    public String toString() {
        return isNone()
                ? "nothing is granted"
                : "granted to " + principal + ", attaching " + attaching + ", opening " + actions.opening
                        + ", addressing " + actions.addressing + ", joining " + actions.joining
                        + (validity == null ? "" : ", for " + validity);
    }
}
