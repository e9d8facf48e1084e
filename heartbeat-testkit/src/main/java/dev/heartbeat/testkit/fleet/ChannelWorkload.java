package dev.heartbeat.testkit.fleet;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelAcceptor;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelRefusedException;
import dev.heartbeat.QueueOverflow;
import dev.heartbeat.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a run. While it suffers, members and the nodes behind them open some to the
 * server and the server opens some to them; both ends send, ask, answer, are slow, end, reset and
 * refuse as chance has it.
 */
final class ChannelWorkload {
    /** As many as may be opened by chance. */
    private static final int BY_CHANCE = 120;

    /** So many are open at a time, at most: what they may hold has its place in the budget. */
    static final int AT_ONCE = 16;

    static final int MAX_WINDOW = 65_536;

    private static final String UNKNOWN = "unheard-of";
    private static final int SMALLEST_WINDOW = 16_396;

    private final Fleet fleet;
    private final Simulation simulation;
    private final RandomGenerator random;
    /** The options with which a channel of each name is accepted; a name is used once in a run. */
    private final Map<String, ChannelOptions> accepted = new LinkedHashMap<>();

    private final Map<String, ChannelOracle> byName = new LinkedHashMap<>();
    private int opened;
    private boolean over;

    private long heard;
    private long undelivered;
    private long givenUp;

    ChannelWorkload(Fleet fleet) {
        this.fleet = fleet;
        simulation = fleet.simulation();
        random = simulation.random();
        for (int i = 0; i < BY_CHANCE; i++) {
            accepted.put("c" + i, anyOptions());
        }
        accepted.putAll(ChannelChecks.accepted(fleet.options()));
    }

    private ChannelOptions anyOptions() {
        int window = List.of(SMALLEST_WINDOW, 20_000, 40_000).get(random.nextInt(3));
        return ChannelOptions.builder()
                .weight(1 + random.nextInt(255))
                .windowBytes(window)
                .maxWindowBytes(random.nextBoolean() ? window : MAX_WINDOW)
                .queueMessages(List.of(1, 4, 50, 1000).get(random.nextInt(4)))
                .queueBytes(List.of(1024, 20_000, 60_000).get(random.nextInt(3)))
                .overflow(random.nextInt(4) == 0 ? QueueOverflow.DROP_OLDEST : QueueOverflow.REJECT)
                .delivery(List.of(Delivery.PUSH, Delivery.INLINE, Delivery.PULL).get(random.nextInt(3)))
                .build();
    }

    // ---- who accepts

    /** The registry of names with who accepts them. */
    interface Acceptance {
        void accept(String name, ChannelOptions options, ChannelAcceptor acceptor);
    }

    void acceptAt(Acceptance builder, ChannelUser.Place place) {
        accepted.forEach((name, options) -> builder.accept(name, options, channel -> acceptAt(place, channel)));
    }

    private ChannelListener acceptAt(ChannelUser.Place place, Channel channel) throws ChannelRefusedException {
        ChannelOracle conversation = byName.get(channel.name());
        if (conversation == null) {
            fleet.observe(() -> {
                throw new Violation("I28 a channel is offered once", channel.name() + " was opened by nobody");
            });
            throw new ChannelRefusedException("nobody's");
        }
        List<ChannelUser> party = new ArrayList<>(1);
        fleet.observe(() -> party.add(conversation.offered(channel, place)));
        if (party.isEmpty()) {
            throw new ChannelRefusedException("offered wrongly");
        }
        if (conversation.isRefused()) {
            String text = "not " + channel.name();
            party.get(0).refused(text);
            throw new ChannelRefusedException(text);
        }
        if (!channel.name().startsWith(ChannelChecks.PREFIX)) {
            behave(party.get(0));
        }
        return party.get(0);
    }

    // ---- who opens

    /** Opens some by chance, until it is over. */
    void begin() {
        simulation.after(Duration.ofMillis(random.nextInt(2500)), () -> {
            if (over) {
                return;
            }
            openAny();
            begin();
        });
    }

    private void openAny() {
        long now = byName.values().stream().filter(any -> !any.isOver()).count();
        if (now >= AT_ONCE || opened == BY_CHANCE) {
            return;
        }
        Member member = fleet.members().get(random.nextInt(fleet.members().size()));
        int which = random.nextInt(1 + member.dependants().size());
        String nodeId =
                which == 0 ? member.id() : member.dependants().get(which - 1).id();
        boolean byServer = random.nextBoolean();
        ChannelUser.Place place = byServer ? fleet.place() : member.place();
        ChannelOptions options = anyOptions();
        boolean isUnknown = random.nextInt(30) == 0;
        boolean isRefused = random.nextInt(12) == 0;
        if (!place.awake().getAsBoolean()) {
            return;
        }
        String name = isUnknown ? UNKNOWN + opened : "c" + opened;
        ChannelOptions accepting = isUnknown ? ChannelOptions.defaults() : acceptedAs(name);
        ChannelOracle conversation =
                open(name, nodeId, place.asOpener(), options, accepting, isRefused && !isUnknown, member, which);
        if (conversation != null) {
            behave(conversation.opener());
        }
    }

    private ChannelOptions acceptedAs(String name) {
        return java.util.Objects.requireNonNull(accepted.get(name));
    }

    /** Opens the channel of this name, whose acceptance was prepared. */
    @Nullable
    ChannelOracle open(String name, boolean byServer, Member member, ChannelOptions options) {
        ChannelUser.Place place = (byServer ? fleet.place() : member.place()).asOpener();
        return open(name, member.id(), place, options, acceptedAs(name), false, member, 0);
    }

    private @Nullable ChannelOracle open(
            String name,
            String nodeId,
            ChannelUser.Place place,
            ChannelOptions options,
            ChannelOptions accepting,
            boolean isRefused,
            Member member,
            int which) {
        ChannelOracle conversation =
                new ChannelOracle(fleet, name, ++opened, nodeId, place, options, accepting, isRefused);
        byName.put(name, conversation); // First: it may be offered before the call returns.
        ChannelUser opener = conversation.opener();
        Channel channel;
        if (place.isServer()) {
            channel = fleet.server().openChannel(nodeId, name, options, opener);
        } else if (which == 0) {
            channel = member.open(name, options, opener);
        } else {
            channel = member.dependants().get(which - 1).open(name, options, opener);
        }
        if (channel == null) {
            byName.remove(name);
            return null;
        }
        opener.on(channel);
        return conversation;
    }

    // ---- how they behave

    /** The acts of one end from time to time, until it is over. */
    private void behave(ChannelUser party) {
        boolean mayReset = random.nextInt(6) == 0;
        int most = random.nextInt(8) == 0 ? 60_000 : random.nextInt(3) == 0 ? 6_000 : 100;
        Duration end = simulation.now().plusMillis(500 + random.nextInt(15_000));
        step(party, mayReset, most, end);
    }

    private void step(ChannelUser party, boolean mayReset, int most, Duration end) {
        simulation.after(Duration.ofMillis(1 + random.nextInt(random.nextInt(6) == 0 ? 3000 : 250)), () -> {
            if (party.isOver()) {
                return;
            }
            if (party.isAwake()) {
                act(party, mayReset, most, end);
            }
            step(party, mayReset, most, end);
        });
    }

    private void act(ChannelUser party, boolean mayReset, int most, Duration end) {
        fleet.observe(() -> {
            party.pull(over ? 100 : 1 + random.nextInt(4), timeoutOrNone());
            if (party.closedFor() != null) {
                return;
            }
            if (random.nextInt(4) == 0) {
                party.cancelOnePull();
            }
            if (over || simulation.now().compareTo(end) > 0) {
                party.end();
            } else if (mayReset && random.nextInt(20) == 0) {
                party.reset("reset " + random.nextInt(1000));
            } else {
                talk(party, most);
            }
        });
    }

    private @Nullable Duration timeoutOrNone() {
        return random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(700)) : null;
    }

    private void talk(ChannelUser party, int most) {
        for (int i = 1 + random.nextInt(1 + random.nextInt(12)); i > 0 && !party.hasAskedForEnd(); i--) {
            party.send(random.nextInt(3) == 0 ? random.nextInt(10) : random.nextInt(most), random.nextInt(3) == 0);
        }
        if (random.nextInt(3) == 0) {
            var reply = party.ask(random.nextInt(200), Duration.ofMillis(20 + random.nextInt(4000)));
            if (random.nextInt(6) == 0) {
                simulation.after(Duration.ofMillis(random.nextInt(100)), () -> {
                    if (party.isAwake()) {
                        reply.cancel(false);
                    }
                });
            }
        }
    }

    /** From now on nothing new is opened, and everybody who still talks comes to an end. */
    void windDown() {
        over = true;
    }

    // ---- what is counted

    void heardAtServer() {
        heard++;
    }

    void undeliveredAtServer() {
        undelivered++;
    }

    void givenUpAtServer() {
        givenUp++;
    }

    /**
     * The number of messages and requests that the server's channels handed over, since it was
     * started.
     */
    long heard() {
        return heard;
    }

    /** The messages that came back on the server's channels, since it was started. */
    long undelivered() {
        return undelivered;
    }

    /**
     * The number of requests of the server for which nobody may hear that they did not get away.
     */
    long givenUp() {
        return givenUp;
    }

    void serverRestarted() {
        heard = 0;
        undelivered = 0;
        givenUp = 0;
    }

    long openedCount() {
        return byName.size();
    }

    long messageCount() {
        return byName.values().stream().mapToLong(ChannelOracle::deliveredCount).sum();
    }

    long requestCount() {
        return byName.values().stream().mapToLong(ChannelOracle::requestCount).sum();
    }

    /**
     * After everything has come to rest, nothing is left open, and the reports to both ends of each
     * fit.
     */
    void checkAtRest() {
        byName.values().forEach(ChannelOracle::checkAtRest);
        long open = fleet.server().stats().channels().open();
        if (open != 0) {
            throw new Violation("I10 counts agree", "the server counts " + open + " channels, all are closed");
        }
    }
}
