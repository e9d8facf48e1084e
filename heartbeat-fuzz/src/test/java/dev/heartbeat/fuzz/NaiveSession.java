package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.fuzz.NaiveChannel.Held;
import dev.heartbeat.fuzz.NaiveEnd.Sent;
import dev.heartbeat.fuzz.NaiveEnd.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's page on the channels of a connection, word by word and without regard to speed:
 * the outcome of each frame of the other side, this side's frames, and its application's calls.
 */
final class NaiveSession {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("MALFORMED", "UNEXPECTED_FRAME", "CREDIT_EXCEEDED", "TOO_MANY_ERRORS");
    private static final Set<String> NOBODYS_FAULT = Set.of("NO_CAPACITY", "CHANNEL_REFUSED");
    private static final int FAULTS_ALLOWED = 16;
    private static final int MAX_NAME = 128;
    private static final int CONNECTION = -1;

    private final boolean isClient;
    private final int maxChannels;
    private final long maxMessage;
    private final long window;

    private final NaiveChannel.Memory memory;
    private final NaiveCredit credit;
    private long limit;
    private long sent;

    /** All channels by id, those that are over included. */
    private final Map<Integer, NaiveEnd> ends = new LinkedHashMap<>();
    /** That never came to be on the wire. */
    private final List<NaiveEnd> stillborn = new ArrayList<>();
    /** In the order in which the application came to know them. */
    private final List<NaiveEnd> known = new ArrayList<>();

    private int nextOurs;
    private int lastTheirs;
    private int faults;
    /** Channels of the other side of whose end the application has not heard. */
    private int unfinished;

    private long unmatched;

    private boolean writable = true;
    private final List<String> refusals = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private String failure = "";

    /**
     * @param window of channel 0, and of every other
     * @param limit how far this side may send at first, on the connection and on channel 0
     */
    NaiveSession(boolean isClient, int maxChannels, long maxMessage, long window, long memory, long limit) {
        this.isClient = isClient;
        this.maxChannels = maxChannels;
        this.maxMessage = maxMessage;
        this.window = window;
        this.memory = new NaiveChannel.Memory(memory, Math.max(isClient ? memory : memory / 8, maxMessage));
        this.limit = limit;
        credit = new NaiveCredit(window);
        nextOurs = isClient ? 1 : 2;
        NaiveEnd zero = newEnd(0, "0", true, Delivery.PUSH, Stage.OPEN, limit);
        ends.put(0, zero);
        known.add(zero);
    }

    private NaiveEnd newEnd(int id, String name, boolean ours, Delivery delivery, Stage stage, long toSend) {
        NaiveChannel in = new NaiveChannel(id, window, credit, memory, maxMessage);
        return new NaiveEnd(id, name, ours, delivery, stage, toSend, in);
    }

    // ---- frames of the other side

    /**
     * @param wellFormed whether it has nothing wrong by itself
     */
    void onOpen(int id, boolean wellFormed, long firstLimit, String name, int handle) {
        if (id == CONNECTION || !wellFormed) {
            fail("MALFORMED");
        } else if (id == 0 || isOurs(id) || Integer.compareUnsigned(id, lastTheirs) <= 0) {
            fail("UNEXPECTED_FRAME");
        } else {
            lastTheirs = id;
            String objection = objection(name, handle);
            if (objection.isEmpty()) {
                offer(id, firstLimit, name);
            } else {
                refuse(id, objection);
            }
        }
    }

    private String objection(String name, int handle) {
        if (name.isEmpty() || name.length() > MAX_NAME || name.contains(" ")) {
            return "INVALID_CHANNEL_NAME";
        }
        if (theirs() >= maxChannels) {
            return "TOO_MANY_CHANNELS";
        }
        if (handle != 0 || delivery(name) == null) {
            return "CHANNEL_REFUSED";
        }
        return unfinished >= 2 * maxChannels ? "NO_CAPACITY" : "";
    }

    /**
     * A channel counts until both directions have ended, or one side has sent CHANNEL_RESET (M54).
     */
    private long theirs() {
        return ends.values().stream()
                .filter(end -> !end.ours)
                .filter(end -> !end.isOver() || !end.resetDue.isEmpty())
                .count();
    }

    private long ours() {
        return ends.values().stream()
                .filter(end -> end.ours && end.id != 0 && !end.isOver())
                .count();
    }

    /**
     * The mode in which this side's application takes channels of the name; null if nobody does.
     */
    static @Nullable Delivery delivery(String name) {
        return switch (name) {
            case "a", "r" -> Delivery.PUSH;
            case "i" -> Delivery.INLINE;
            case "p" -> Delivery.PULL;
            default -> null;
        };
    }

    private void offer(int id, long firstLimit, String name) {
        NaiveEnd end = newEnd(id, name, false, requireDelivery(name), Stage.OFFERED, firstLimit);
        unfinished++;
        if (!memory.reserve(window)) {
            end.stage = Stage.OVER;
            stillborn.add(end);
            end.line.add(() -> unfinished--);
            refuse(id, "NO_CAPACITY");
            return;
        }
        begin(end);
        end.line.add(() -> decide(end));
    }

    private static Delivery requireDelivery(String name) {
        Delivery delivery = delivery(name);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private void begin(NaiveEnd end) {
        end.charged = window;
        credit.widen(window);
        ends.put(end.id, end);
    }

    void onAccept(int id, boolean wellFormed, long firstLimit) {
        if (id == CONNECTION || !wellFormed) {
            fail("MALFORMED");
        } else if (id == 0) {
            fail("UNEXPECTED_FRAME");
        } else {
            NaiveEnd end = live(id);
            if (end == null) {
                requireUsed(id);
            } else if (!end.ours || end.stage != Stage.OPENING) {
                fail("UNEXPECTED_FRAME");
            } else {
                end.stage = Stage.OPEN;
                end.raise(firstLimit);
                tell(end, "opened");
            }
        }
    }

    void onReset(int id, boolean wellFormed, boolean cancelled) {
        if (id == CONNECTION || !wellFormed) {
            fail("MALFORMED");
        } else if (id == 0) {
            fail("UNEXPECTED_FRAME");
        } else {
            NaiveEnd end = live(id);
            if (end != null) {
                String faultOrNot = cancelled ? "RESET_BY_PEER" : "FAILED";
                over(end, end.stage == Stage.OPENING ? "REFUSED" : faultOrNot);
            } else if (ends.containsKey(id)) {
                ends.get(id).resetDue = ""; // It knows by itself.
            }
        }
    }

    void onCredit(int id, boolean wellFormed, long newLimit) {
        if (!wellFormed) {
            fail("MALFORMED");
        } else if (id == CONNECTION) {
            limit = Math.max(limit, newLimit);
        } else {
            NaiveEnd end = live(id);
            if (end == null) {
                requireUsed(id);
            } else {
                end.raise(newLimit);
            }
        }
    }

    void onData(NaiveChannel.Frame frame) {
        int id = frame.channel();
        if (id == CONNECTION || frame.isWrongByItself()) {
            fail("MALFORMED");
        } else if (frame.label().wrongWay()) {
            fail("UNEXPECTED_FRAME");
        } else if (!credit.receive(frame.size())) {
            fail("CREDIT_EXCEEDED");
        } else {
            NaiveEnd end = live(id);
            if (end == null) {
                onDataOfNoChannel(frame);
            } else if (end.stage != Stage.OPEN || end.acceptDue) {
                fail("UNEXPECTED_FRAME");
            } else {
                receive(end, frame);
            }
        }
        look();
    }

    private void onDataOfNoChannel(NaiveChannel.Frame frame) {
        NaiveEnd end = ends.get(frame.channel());
        if (end != null && end.ended && frame.end()) {
            end.resetDue = ""; // The other side takes both as ended.
        }
        requireUsed(frame.channel());
    }

    private void receive(NaiveEnd end, NaiveChannel.Frame frame) {
        NaiveChannel.Outcome outcome = end.in.receive(frame);
        look();
        if (OF_THE_CONNECTION.contains(outcome.error())) {
            fail(outcome.error());
            return;
        }
        if (!outcome.error().isEmpty()) {
            refuse(end.id, outcome.error());
        }
        Held message = outcome.message();
        if (message != null) {
            deliver(end, message);
        }
        if (frame.end() && outcome.error().isEmpty()) {
            tell(end, "ended");
            overIfDone(end);
        }
    }

    private void deliver(NaiveEnd end, Held message) {
        NaiveChannel.Label label = message.first().label();
        String text = Sent.text(message.content());
        switch (label.kind()) {
            case 0 -> {
                if (end.delivery == Delivery.PULL) {
                    end.pulls.add(message);
                } else {
                    hand(end, message, () -> end.told.add("message " + text));
                }
            }
            case 1 ->
                hand(end, message, () -> {
                    end.told.add("request " + text);
                    end.offer(new Sent(message.content(), 2, label.correlation()));
                });
            default -> {
                if (end.unanswered.remove(label.correlation())) {
                    String outcome = label.kind() == 2 ? "reply " + text : "failed";
                    hand(end, message, () -> end.asked.putIfAbsent(label.correlation(), outcome));
                } else {
                    unmatched++;
                    take(end, message);
                }
            }
        }
    }

    /** The application is given a message, and has taken it when it returns. */
    private void hand(NaiveEnd end, Held message, Runnable call) {
        call(end, () -> {
            call.run();
            take(end, message);
        });
    }

    private void take(NaiveEnd end, Held message) {
        end.in.take(message);
        look();
        releaseIfUnused(end);
    }

    // ---- refusing

    /** The other side's wish for a channel is not carried out. */
    private void refuse(int id, String code) {
        if (!NOBODYS_FAULT.contains(code)) {
            faults++;
        }
        NaiveEnd end = live(id);
        if (faults > FAULTS_ALLOWED || end == null && refusals.size() > 2 * maxChannels + FAULTS_ALLOWED) {
            fail("TOO_MANY_ERRORS");
        } else if (id == 0) {
            tellError(code);
        } else if (end == null) {
            refusals.add("RESET " + id + " " + code);
        } else {
            resetHere(end, code);
        }
    }

    /** Frames that could be sent without end are sent once, when the socket takes them (M9). */
    private void tellError(String code) {
        String error = "ERROR " + code;
        if (writable || !NOBODYS_FAULT.contains(code) || !errors.contains(error)) {
            errors.add(error);
        }
    }

    private void resetHere(NaiveEnd end, String code) {
        if (end.isOver()) {
            return;
        }
        if (end.openDue) {
            end.openDue = false;
        } else {
            end.acceptDue = false;
            end.resetDue = code;
        }
        boolean wanted = code.equals("CHANNEL_CANCELLED") || code.equals("CHANNEL_REFUSED");
        over(end, wanted ? "RESET" : "FAILED");
    }

    private void requireUsed(int id) {
        boolean used =
                isOurs(id) ? Integer.compareUnsigned(id, nextOurs) < 0 : Integer.compareUnsigned(id, lastTheirs) <= 0;
        if (!used) {
            refuse(id, "UNKNOWN_CHANNEL");
        }
    }

    private boolean isOurs(int id) {
        return (id & 1) == (isClient ? 1 : 0);
    }

    private @Nullable NaiveEnd live(int id) {
        NaiveEnd end = ends.get(id);
        return end == null || end.isOver() ? null : end;
    }

    private void fail(String code) {
        if (failure.isEmpty()) {
            failure = code;
        }
    }

    // ---- ends

    private void overIfDone(NaiveEnd end) {
        if (end.ended && end.in.isEnded()) {
            over(end, "COMPLETED");
        }
    }

    private void over(NaiveEnd end, String why) {
        if (end.isOver()) {
            return;
        }
        end.stage = Stage.OVER;
        end.openDue = false;
        end.acceptDue = false;
        end.in.drop();
        look();
        for (Sent message : end.takeBack()) {
            if (message.kind() == 1) {
                if (end.unanswered.remove(message.correlation())) {
                    end.asked.putIfAbsent(message.correlation(), "failed");
                }
            } else {
                tell(end, "undelivered " + message.text());
            }
        }
        for (long correlation : end.unanswered) {
            end.asked.putIfAbsent(correlation, "failed"); // However busy the workers are.
        }
        end.unanswered.clear();
        end.pulls.forEach(end.in::take); // They can still be fetched, but hold nothing.
        look();
        tellLast(end, "closed " + why);
        if (!end.ours) {
            call(end, () -> unfinished--);
        }
        releaseIfUnused(end);
    }

    private void releaseIfUnused(NaiveEnd end) {
        if (end.isOver() && end.in.holdsNothing()) {
            memory.release(end.charged);
            credit.narrow(end.charged);
            end.charged = 0;
        }
    }

    /** The connection is gone. */
    void lose() {
        ends.values().stream().filter(end -> end.id != 0).forEach(end -> over(end, "CONNECTION_LOST"));
        NaiveEnd zero = zero();
        zero.in.drop();
        zero.stage = Stage.OVER;
    }

    private NaiveEnd zero() {
        return known.get(0);
    }

    // ---- the application's calls

    private void tell(NaiveEnd end, String what) {
        call(end, () -> {
            if (!end.deaf) {
                end.told.add(what);
            }
        });
    }

    /** Behind what workers report of messages, wherever the other calls are made. */
    private static void tellLast(NaiveEnd end, String what) {
        end.line.add(() -> {
            if (!end.deaf) {
                end.told.add(what);
            }
        });
    }

    private static void call(NaiveEnd end, Runnable call) {
        if (end.isInline() && end.decided) {
            call.run();
        } else {
            end.line.add(call);
        }
    }

    /** The workers do what there is to do. */
    void work() {
        for (boolean worked = true; worked; ) {
            worked = false;
            for (NaiveEnd end : all()) {
                for (Runnable call = end.line.poll(); call != null; call = end.line.poll()) {
                    call.run();
                    worked = true;
                }
            }
        }
    }

    private List<NaiveEnd> all() {
        List<NaiveEnd> all = new ArrayList<>(ends.values());
        all.addAll(stillborn);
        return all;
    }

    private void decide(NaiveEnd end) {
        end.decided = true;
        if (end.name.equals("r")) {
            end.deaf = true;
            resetHere(end, "CHANNEL_REFUSED");
            return;
        }
        known.add(end);
        end.told.add("offered");
        if (end.stage == Stage.OFFERED) {
            end.stage = Stage.OPEN;
            end.acceptDue = true;
        }
    }

    // ---- what the application does

    void open(String name, Delivery delivery) {
        boolean possible = ours() < maxChannels && memory.reserve(window);
        NaiveEnd end = newEnd(nextOurs, name, true, delivery, possible ? Stage.OPENING : Stage.OVER, 0);
        known.add(end);
        if (!possible) {
            stillborn.add(end);
            tellLast(end, "closed FAILED");
            return;
        }
        nextOurs += 2;
        end.openDue = true;
        begin(end);
    }

    /** Whether it is accepted. */
    boolean send(NaiveEnd end, ByteBuffer content) {
        return end.offer(new Sent(content, 0, 0));
    }

    void ask(NaiveEnd end, ByteBuffer content, long correlation) {
        if (end.offer(new Sent(content, 1, correlation))) {
            end.unanswered.add(correlation);
        } else {
            end.asked.put(correlation, "failed");
        }
    }

    /** The latest that is unanswered. */
    void cancel(NaiveEnd end) {
        if (!end.unanswered.isEmpty()) {
            long latest = end.unanswered.remove(end.unanswered.size() - 1);
            end.asked.put(latest, "cancelled");
            end.withdraw(latest);
        }
    }

    void end(NaiveEnd end) {
        end.ending = true;
    }

    void reset(NaiveEnd end) {
        resetHere(end, "CHANNEL_CANCELLED");
    }

    /** The next message that waits to be fetched. */
    ByteBuffer fetch(NaiveEnd end) {
        Held message = end.pulls.remove();
        if (!end.isOver()) {
            take(end, message);
        }
        return message.content();
    }

    // ---- what this side writes

    void writable(boolean value) {
        writable = value;
    }

    void wroteOpen(int id, String name, long firstLimit) {
        requireRoom();
        NaiveEnd end = require(id);
        assertThat(end.openDue && end.name.equals(name) && firstLimit == window)
                .as("CHANNEL_OPEN of %s", end)
                .isTrue();
        end.openDue = false;
    }

    void wroteAccept(int id, long firstLimit) {
        requireRoom();
        NaiveEnd end = require(id);
        assertThat(end.acceptDue && firstLimit == window)
                .as("CHANNEL_ACCEPT of %s", end)
                .isTrue();
        end.acceptDue = false;
    }

    void wroteReset(int id, String code) {
        requireRoom();
        NaiveEnd end = ends.get(id);
        if (end != null && end.resetDue.equals(code)) {
            end.resetDue = "";
        } else {
            assertThat(refusals).as("CHANNEL_RESETs that are due").contains("RESET " + id + " " + code);
            refusals.remove("RESET " + id + " " + code);
        }
    }

    /** Only of what is asked no more, and of which the other side has heard (M95). */
    void wroteCancel(int id, long correlation) {
        requireRoom();
        NaiveEnd end = require(id);
        assertThat(end.stage).as("CANCEL on %s", end).isEqualTo(Stage.OPEN);
        assertThat(end.cancelled).as("what is cancelled on %s", end).contains(correlation);
        end.cancelled.remove(correlation);
    }

    void wroteError(String code) {
        assertThat(writable || !NOBODYS_FAULT.contains(code))
                .as("%s is said to a full socket", code)
                .isTrue();
        assertThat(errors).as("ERRORs that are due").contains("ERROR " + code);
        errors.remove("ERROR " + code);
    }

    void wroteCredit(int id, long newLimit) {
        requireRoom();
        if (id == CONNECTION) {
            check(credit, newLimit);
        } else {
            NaiveEnd end = require(id);
            assertThat(end.stage).as("CREDIT of %s", end).isEqualTo(Stage.OPEN);
            check(end.in.credit(), newLimit);
        }
    }

    private static void check(NaiveCredit told, long newLimit) {
        assertThat(newLimit).as("credit: %s", told).isGreaterThan(told.limit()).isLessThanOrEqualTo(told.most());
        told.told(newLimit);
    }

    void wroteData(NaiveEnd.WrittenData data) {
        requireRoom();
        sent += data.size();
        assertThat(sent).as("what is sent on the connection").isLessThanOrEqualTo(limit);
        NaiveEnd end = require(data.channel());
        end.wrote(data);
        overIfDone(end);
    }

    private void requireRoom() {
        assertThat(writable)
                .as("something is written though the socket is full")
                .isTrue();
    }

    private NaiveEnd require(int id) {
        NaiveEnd end = ends.get(id);
        assertThat(end).as("channel %s, of which something is said", id).isNotNull();
        return end;
    }

    // ---- what must be true between two frames

    /** Nothing that is due and could be said was not. */
    void check() {
        if (!writable || !failure.isEmpty()) {
            return;
        }
        assertThat(refusals).as("refusals that are due").isEmpty();
        assertThat(errors).as("errors that are due").isEmpty();
        assertThat(credit.owes())
                .as("credit owed for the connection: %s", credit)
                .isFalse();
        for (NaiveEnd end : ends.values()) {
            boolean due = end.openDue || end.acceptDue || !end.resetDue.isEmpty();
            assertThat(due).as("something to say of %s", end).isFalse();
            assertThat(end.couldWrite() && limit - sent >= NaiveCredit.FULL_FRAME)
                    .as("%s could write and does not", end)
                    .isFalse();
            boolean gives = end.stage == Stage.OPEN && !end.in.isEnded();
            assertThat(gives && end.in.credit().owes())
                    .as("credit owed for %s: %s", end, end.in.credit())
                    .isFalse();
        }
    }

    private void look() {
        credit.look();
        ends.values().forEach(end -> end.in.credit().look());
    }

    /** The error of the connection that is due, or an empty string. */
    String failure() {
        return failure;
    }

    long freeMemory() {
        return memory.free();
    }

    long unmatched() {
        return unmatched;
    }

    List<NaiveEnd> known() {
        return known;
    }

    /** Ids of living channels, by the side of the application. */
    List<Integer> living() {
        return ends.values().stream()
                .filter(end -> !end.isOver())
                .map(end -> end.id)
                .toList();
    }

    int nextTheirs() {
        return lastTheirs == 0 ? (isClient ? 2 : 1) : lastTheirs + 2;
    }

    /** Channels that are OPENING or OPEN to an application, channel 0 left out. */
    long openToApplications() {
        return ends.values().stream()
                .filter(end -> end.id != 0 && !end.isOver())
                .count();
    }

    /** The number of channels, and of ids that never were channels, with a frame that may wait. */
    long mostUnsaid() {
        long unheard = ends.values().stream()
                .filter(end -> end.isOver() && !end.resetDue.isEmpty())
                .count();
        return living().size() + unheard + refusals.size();
    }
}
