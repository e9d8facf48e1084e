package dev.heartbeat.testkit.fleet;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.QueueOverflow;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One channel, seen from both ends: the reports to both must fit together. */
final class ChannelOracle {
    private final Fleet fleet;
    private final String name;
    private final String nodeId;
    private final ChannelOptions accepting;
    private final ChannelLedger up;
    private final ChannelLedger down;
    private final RequestLedger upQuestions;
    private final RequestLedger downQuestions;
    private final ChannelUser opener;
    private final ChannelOptions opening;
    private final boolean isRefused;
    private final int lossesBefore;
    private @Nullable ChannelUser accepter;

    /**
     * Begins with the end that opens it.
     *
     * @param number of its own, which its messages carry
     */
    ChannelOracle(
            Fleet fleet,
            String name,
            int number,
            String nodeId,
            ChannelUser.Place place,
            ChannelOptions opening,
            ChannelOptions accepting,
            boolean isRefused) {
        this.fleet = fleet;
        this.name = name;
        this.nodeId = nodeId;
        this.opening = opening;
        this.accepting = accepting;
        this.isRefused = isRefused;
        lossesBefore = fleet.lossesOf(nodeId);
        String what = name + " of " + nodeId;
        up = new ChannelLedger(what + " from its opener", 4 * number, drops(opening));
        down = new ChannelLedger(what + " to its opener", 4 * number + 1, drops(accepting));
        upQuestions = new RequestLedger(what + ", requests of its opener", 4 * number + 2);
        downQuestions = new RequestLedger(what + ", requests to its opener", 4 * number + 3);
        opener = new ChannelUser(
                fleet,
                what,
                place,
                opening,
                new ChannelUser.Books(up, upQuestions),
                new ChannelUser.Books(down, downQuestions),
                accepting.maxWindowBytes());
    }

    private static boolean drops(ChannelOptions options) {
        return options.overflow() == QueueOverflow.DROP_OLDEST;
    }

    ChannelUser opener() {
        return opener;
    }

    @Nullable
    ChannelUser accepter() {
        return accepter;
    }

    boolean isRefused() {
        return isRefused;
    }

    /** The other side is offered it. */
    ChannelUser offered(Channel channel, ChannelUser.Place place) {
        if (accepter != null) {
            throw new Violation("I28 a channel is offered once", name + " of " + nodeId + " was offered again");
        }
        if (!channel.nodeId().equals(nodeId)) {
            throw new Violation(
                    "I27 nothing comes on another channel", name + " of " + nodeId + " came to " + channel.nodeId());
        }
        ChannelUser taker = new ChannelUser(
                fleet,
                name + " of " + nodeId,
                place,
                accepting,
                new ChannelUser.Books(down, downQuestions),
                new ChannelUser.Books(up, upQuestions),
                opening.maxWindowBytes());
        accepter = taker.on(channel);
        return taker;
    }

    long deliveredCount() {
        return up.deliveredCount() + (long) down.deliveredCount();
    }

    long requestCount() {
        return upQuestions.count() + (long) downQuestions.count();
    }

    boolean isOver() {
        ChannelUser other = accepter;
        return opener.isOver() && (other == null || other.isOver());
    }

    // ---- at rest

    void checkAtRest() {
        opener.checkAtRest();
        ChannelUser other = accepter;
        if (other == null) {
            checkNotOffered();
            return;
        }
        other.checkAtRest();
        boolean bothLived = opener.isAlive() && other.isAlive();
        if (bothLived) {
            checkEnds(opener, other);
        }
        checkDirection(up, opener, other, accepting.maxWindowBytes());
        checkDirection(down, other, opener, opening.maxWindowBytes());
    }

    private void checkNotOffered() {
        if (!opener.isAlive()) {
            return;
        }
        if (opener.wasOpened()) {
            throw violation("it was opened, and offered to nobody");
        }
        up.checkAllTold("it was offered to nobody");
        up.checkTold(0);
    }

    private static void checkDirection(ChannelLedger messages, ChannelUser from, ChannelUser to, long window) {
        if (!from.isAlive()) {
            return; // Reports that were due reached nobody.
        }
        messages.checkTold(window);
        if (!from.wasOpened()) {
            messages.checkAllTold("it was not opened: " + from.closedFor());
        }
        if (to.isAlive() && to.heardEnd()) {
            messages.checkAllDelivered("its end was heard");
        }
        if (from.closedFor() == ChannelCloseReason.COMPLETED
                && to.isAlive()
                && to.closedFor() == ChannelCloseReason.COMPLETED) {
            messages.checkAllDelivered("both sides completed it");
        }
    }

    private void checkEnds(ChannelUser one, ChannelUser other) {
        ChannelCloseReason first = closedFor(one);
        ChannelCloseReason second = closedFor(other);
        if (!mayMeet(first, second) && !mayMeet(second, first)) {
            throw violation("it is " + first + " (" + one.why() + ") to its opener, and " + second + " (" + other.why()
                    + ") to who accepted");
        }
        checkReset(one, other);
        checkReset(other, one);
        if (first == ChannelCloseReason.REFUSED && isRefused && !one.why().equals(other.resetText())) {
            throw violation("it was refused with " + other.resetText() + ", and told was " + one.why());
        }
        boolean isLost = first == ChannelCloseReason.CONNECTION_LOST || second == ChannelCloseReason.CONNECTION_LOST;
        if (isLost && one.wasOpened() && fleet.lossesOf(nodeId) == lossesBefore) {
            throw new Violation("I28 a channel lives as long as its connection", name + " of " + nodeId + " was lost");
        }
    }

    /**
     * An end that was reset was reset by the other, and learns why; one that was not asked to reset
     * did not. Nodes of a gateway are, when they leave.
     */
    private void checkReset(ChannelUser one, ChannelUser other) {
        if (GatewayNode.mayBe(nodeId)) {
            return;
        }
        if (closedFor(one) == ChannelCloseReason.RESET_BY_PEER
                && one.listens()
                && !one.why().equals(other.resetText())) {
            throw violation(one + " was reset: " + one.why() + ", and the other side asked for " + other.resetText());
        }
        if (closedFor(one) == ChannelCloseReason.RESET && one.resetText() == null) {
            throw violation(one + " has reset it, and was not asked to");
        }
    }

    /**
     * The reasons that the ends of one channel may get: the same, or those that crossed on the way.
     */
    private static boolean mayMeet(ChannelCloseReason one, ChannelCloseReason other) {
        Set<ChannelCloseReason> others = switch (one) {
            case CONNECTION_LOST -> EnumSet.allOf(ChannelCloseReason.class);
            case COMPLETED -> EnumSet.of(ChannelCloseReason.COMPLETED);
            // Whatever was decided there crossed what was asked for here.
            case RESET, FAILED ->
                EnumSet.of(
                        ChannelCloseReason.RESET_BY_PEER,
                        ChannelCloseReason.RESET,
                        ChannelCloseReason.FAILED,
                        ChannelCloseReason.COMPLETED,
                        ChannelCloseReason.REFUSED);
            case RESET_BY_PEER, REFUSED, FORBIDDEN -> EnumSet.noneOf(ChannelCloseReason.class);
        };
        return others.contains(other);
    }

    private static ChannelCloseReason closedFor(ChannelUser party) {
        return java.util.Objects.requireNonNull(party.closedFor());
    }

    /** Checks what must be where nothing is in its way. */
    void checkCompleted() {
        ChannelUser other = accepter;
        if (opener.closedFor() != ChannelCloseReason.COMPLETED
                || other == null
                || other.closedFor() != ChannelCloseReason.COMPLETED) {
            throw violation("without a fault it is " + opener + " " + opener.closedFor() + " (" + opener.why()
                    + "), expected was COMPLETED at both ends");
        }
    }

    private Violation violation(String what) {
        return new Violation("I28 both ends of a channel see the same end", name + " of " + nodeId + ": " + what);
    }

    @Override
    public String toString() {
        return name + " of " + nodeId;
    }
}
