package dev.heartbeat.testkit.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeState;
import dev.heartbeat.auth.Applicant;
import dev.heartbeat.auth.Authenticator;
import dev.heartbeat.auth.Grant;
import dev.heartbeat.testkit.Host;
import dev.heartbeat.testkit.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may register in the fleets of some seeds, and what the nodes may do. Its grants
 * expire soon. It answers at once, later, never, or not at all, and locks nodes out for a while;
 * strangers guess, and show what belongs to others. It keeps book of all that it granted, and judges
 * what became of it.
 */
final class Doorkeeper implements Authenticator {
    /** Before what a stranger says of itself. */
    static final String STRANGER = "evil";

    private static final String ROUTED = "from node to node ";
    private static final Duration LONGEST_LOCKOUT = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofHours(1);
    /** A tick of the wheel, and a loop that was stopped for less than is noticed. */
    private static final Duration SLACK = Duration.ofMillis(400);

    private final Fleet fleet;
    private final Simulation simulation;
    /** A source of its own, so that fleets without a doorkeeper are as they were. */
    private final Random random;

    private final Host elsewhere;
    /** Until when each node may be ONLINE, by the latest of its grants. */
    private final Map<String, Duration> until = new HashMap<>();

    private final Map<String, Duration> lockedOut = new HashMap<>();
    private int credentials;
    private int strangers;
    private long routed;
    private boolean isWell;
    private boolean grantsLong;

    Doorkeeper(Fleet fleet, long seed) {
        this.fleet = fleet;
        this.simulation = fleet.simulation();
        this.random = new Random(seed * 31 + 11);
        elsewhere = simulation.newHost("abroad");
        fleet.census().registrationsAreDecidedLater();
    }

    /** Whether a seed's fleet has one: one in eight, and none of those that planted bugs begin with. */
    static boolean isAt(long seed) {
        return (seed & 0b1101) == 0b1000;
    }

    // ---- credentials

    /** The next credential of a fleet's node, now, later or not. */
    CompletionStage<byte[]> credentialOf(String id) {
        if (!isWell && random.nextInt(20) == 0) {
            return CompletableFuture.failedFuture(new IllegalStateException("no credential now"));
        }
        boolean wrong = !isWell && random.nextInt(40) == 0;
        byte[] next = credential(wrong ? "?" : principalOf(id));
        return isWell || random.nextInt(4) != 0 ? CompletableFuture.completedFuture(next) : later(next);
    }

    /** Each is another, so that a client whose last was refused has something new. */
    private byte[] credential(String principal) {
        return (principal + "/" + credentials++).getBytes(UTF_8);
    }

    /** Another process may claim a gateway's node, with a connection of its own. */
    private static String principalOf(String id) {
        return "owner of " + gatewayOf(id);
    }

    private <T> CompletableFuture<T> later(T value) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        simulation.after(Duration.ofMillis(random.nextInt(2000)), () -> answer.complete(value));
        return answer;
    }

    // ---- decisions

    @Override
    public CompletionStage<Grant> authenticate(Applicant applicant) {
        String id = applicant.nodeId();
        boolean isOut = lockedOut.getOrDefault(id, Duration.ZERO).compareTo(simulation.now()) > 0;
        if (isOut || !isWell && random.nextInt(30) == 0) {
            return switch (random.nextInt(4)) {
                case 0 -> CompletableFuture.failedFuture(new IllegalStateException("no answer now"));
                case 1 -> new CompletableFuture<>();
                default -> CompletableFuture.completedFuture(isOut ? null : grantOf(applicant));
            };
        }
        boolean now = isWell || random.nextInt(3) != 0;
        return now ? CompletableFuture.completedFuture(grantOf(applicant)) : decideLater(applicant);
    }

    private CompletableFuture<Grant> decideLater(Applicant applicant) {
        CompletableFuture<Grant> answer = new CompletableFuture<>();
        simulation.after(Duration.ofMillis(random.nextInt(2500)), () -> answer.complete(grantOf(applicant)));
        return answer;
    }

    /** By the credential, whatever the id: whose node it is, the bus is to know. */
    private Grant grantOf(Applicant applicant) {
        byte[] shown = applicant.credential();
        String text = shown == null ? "?/" : new String(shown, UTF_8);
        String principal = text.substring(0, text.lastIndexOf('/'));
        if (principal.equals("?")) {
            return Grant.none();
        }
        String id = applicant.nodeId();
        boolean isStrangers = principal.equals(STRANGER);
        if (isStrangers && fleet.census().isOfFleet(id) && !isOnline(id)) {
            return Grant.none(); // The id is free, so that it would be the stranger's.
        }
        Duration validity = grantsLong ? LONG : Duration.ofMillis(3000 + random.nextInt(9000));
        if (principal.equals(principalOf(id))) {
            until.merge(id, simulation.now().plus(validity), Doorkeeper::max);
        }
        return Grant.to(principal)
                .attaching(id + ":*")
                .addressingOnly(allowed(id))
                .validFor(validity);
    }

    private boolean isOnline(String id) {
        return fleet.server()
                .nodes()
                .find(id)
                .filter(node -> node.state() == NodeState.ONLINE)
                .isPresent();
    }

    private String[] allowed(String id) {
        return fleet.members().stream()
                .map(Member::id)
                .distinct()
                .filter(to -> mayAddress(id, to))
                .limit(Grant.MAX_PATTERNS)
                .toArray(String[]::new);
    }

    private static boolean mayAddress(String from, String to) {
        return Math.floorMod(31 * from.hashCode() + to.hashCode(), 3) == 0;
    }

    HeartbeatServer.Builder addTo(HeartbeatServer.Builder builder) {
        return builder.authenticator(this).routes((from, to) -> true);
    }

    // ---- what befalls the fleet

    void begin() {
        simulation.after(Duration.ofMillis(random.nextInt(1500)), () -> {
            if (!isWell) {
                befall();
                begin();
            }
        });
    }

    private void befall() {
        Member member = anyMember();
        switch (random.nextInt(6)) {
            case 0 ->
                lockedOut.put(member.id(), simulation.now().plusMillis(random.nextLong(LONGEST_LOCKOUT.toMillis())));
            case 1 -> Intruder.attack(elsewhere, fleet, member.id(), credential(STRANGER), credential("?"));
            case 2 -> Intruder.attack(elsewhere, fleet, member.id(), credential("?"), credential("?"));
            case 3 ->
                Intruder.attack(
                        elsewhere,
                        fleet,
                        STRANGER + strangers++,
                        credential(STRANGER),
                        credential(principalOf(member.id())));
            default -> speak(member);
        }
    }

    private Member anyMember() {
        return fleet.members().get(random.nextInt(fleet.members().size()));
    }

    /** Whether that is granted or not. */
    private void speak(Member from) {
        for (int i = 0; i < 3; i++) {
            routed++;
            from.sendTo(anyMember().id(), ByteBuffer.wrap((ROUTED + from.id()).getBytes(UTF_8)));
        }
    }

    /** The faults end: everybody gets an answer, and a grant that lasts a little later. */
    void recover(Duration longFrom) {
        isWell = true;
        lockedOut.clear();
        simulation.after(longFrom, () -> grantsLong = true);
    }

    // ---- judgements

    /** The number of messages from node to node that may have come back. */
    long routed() {
        return routed;
    }

    static boolean isRouted(ByteBuffer message) {
        return UTF_8.decode(message.duplicate()).toString().startsWith(ROUTED);
    }

    void delivered(String from, String to) {
        if (!mayAddress(from, to)) {
            throw new Violation("I50 nodes do what was granted", to + " has a message of " + from);
        }
    }

    /** Nobody is registered by another, and nobody is ONLINE beyond the time of a grant. */
    void check() {
        if (fleet.isServerAwake()) {
            fleet.server().nodes().stream(NodeState.ONLINE).forEach(this::check);
        }
    }

    private void check(Node node) {
        String id = node.id();
        String own = id.startsWith(STRANGER) ? STRANGER : principalOf(id);
        if (!own.equals(node.principal())) {
            throw new Violation("I50 a node is its principal's", id + " is registered by " + node.principal());
        }
        if (id.startsWith(STRANGER)) {
            return;
        }
        Duration end = max(until.get(id), until.get(gatewayOf(id)));
        Duration late = simulation.now().minus(end);
        Duration stopped = Duration.ofNanos(
                fleet.census().stoppedNs(end.minus(LONG.dividedBy(60)).toNanos()));
        if (late.minus(stopped).compareTo(SLACK) > 0) {
            throw new Violation(
                    "I50 grants expire in time", id + " is ONLINE " + late + " after its grant has expired");
        }
    }

    private static Duration max(@Nullable Duration one, @Nullable Duration other) {
        Duration first = one == null ? Duration.ZERO : one;
        return other == null || first.compareTo(other) > 0 ? first : other;
    }

    /** A gateway's nodes are there by its grant. */
    private static String gatewayOf(String id) {
        int end = id.indexOf(':');
        return end < 0 ? id : id.substring(0, end);
    }
}
