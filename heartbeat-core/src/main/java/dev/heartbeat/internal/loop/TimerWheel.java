package dev.heartbeat.internal.loop;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timing wheel (Varghese and Lauck, 1987, scheme 6): one slot per tick, as many slots as
 * about a minute has ticks. A timer that is due later than one round waits in its slot and is
 * passed over. Arming and cancelling take constant time; a timer is never early, and late by at
 * most a tick and the lateness of the caller. A timer that throws hurts no other, and where it has
 * not armed itself again it is due a second later. Confined to one thread.
 *
 * <p>It expects few cancellations: whoever waits for silence does not re-arm at each sign of life,
 * but looks again when the timer is due.
 */
public final class TimerWheel {
    /** 2^24 ns, 16.8 ms: well under any interval people choose, and few enough wake-ups. */
    private static final int TICK_SHIFT = 24;

    public static final long TICK_NS = 1L << TICK_SHIFT;

    private static final int SLOTS = 4096;
    private static final int MASK = SLOTS - 1;

    /** A timer that threw is due again: what it is for still has to be done. */
    private static final long RETRY_NS = 1_000_000_000;

    private final long startNs;
    private final Consumer<? super Throwable> onFailure;
    private final @Nullable Slot[] slots = new @Nullable Slot[SLOTS];
    /** A bit for each slot that may hold timers. */
    private final long[] occupied = new long[SLOTS / Long.SIZE];
    /** Timers taken out of the slot that is being worked off. */
    private final Slot due = new Slot();

    /** All ticks before this one are worked off, but for what waits in {@link #due}. */
    private long currentTick;
    /** Up to which tick {@link #due} holds what is to be done. */
    private long dueUpTo;

    private int size;

    /** A ring's sentinel; its own links are never those of an armed timer. */
    private static final class Slot extends Timer {
        Slot() {
            previous = this;
            next = this;
        }

        boolean isEmpty() {
            return next == this;
        }

        @Override
        protected void onDue(long nowNs) {
            throw new AssertionError("a sentinel is never due");
        }
    }

    /**
     * @param onFailure hears what a timer throws
     */
    public TimerWheel(long nowNs, Consumer<? super Throwable> onFailure) {
        startNs = nowNs;
        this.onFailure = onFailure;
    }

    /** The number of timers that are armed. */
    public int size() {
        return size;
    }

    /**
     * Arms the timer, or moves it if it is armed. A deadline that has passed is due at the next
     * poll.
     */
    public void arm(Timer timer, long deadlineNs) {
        if (timer.isArmed()) {
            cancel(timer);
        }
        timer.dueTick = Math.max(tickAtOrAfter(deadlineNs), currentTick);
        link(slotOf(timer.dueTick), timer);
        size++;
    }

    /** Disarms the timer; nothing happens if it is not armed. */
    public void cancel(Timer timer) {
        if (timer.isArmed()) {
            unlink(timer);
            size--;
            forgetIfEmpty((int) timer.dueTick & MASK);
        }
    }

    /** Nobody is to wake up for a slot whose last timer was cancelled. */
    private void forgetIfEmpty(int index) {
        Slot slot = slots[index];
        if (slot != null && slot.isEmpty()) {
            occupied[index >>> 6] &= ~(1L << index);
        }
    }

    /**
     * Runs what is due, and looks at {@code limit} timers at most: those of a later round that
     * share the slot count as well.
     *
     * @return how many were looked at; where it is {@code limit}, more may be due, and the next
     *     poll goes on with them
     */
    public int poll(long nowNs, int limit) {
        long nowTick = (nowNs - startNs) >> TICK_SHIFT;
        int seen = 0;
        while (true) {
            seen += workOff(nowNs, limit - seen);
            if (seen == limit || currentTick > nowTick) {
                return seen;
            }
            takeNextSlot(nowTick);
        }
    }

    /**
     * When the next timer may be due: never too late, perhaps too early. {@link Long#MAX_VALUE} if
     * none is armed.
     */
    long nextDeadlineNs() {
        if (!due.isEmpty()) {
            return startNs + (dueUpTo << TICK_SHIFT);
        }
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        return startNs + (nextOccupiedTick() << TICK_SHIFT);
    }

    private int workOff(long nowNs, int limit) {
        int seen = 0;
        while (seen < limit && !due.isEmpty()) {
            Timer timer = requireNonNull(due.next);
            unlink(timer);
            seen++;
            if (timer.dueTick > dueUpTo) {
                link(slotOf(timer.dueTick), timer); // Due in a later round.
            } else {
                size--;
                run(timer, nowNs);
            }
        }
        return seen;
    }

    private void run(Timer timer, long nowNs) {
        try {
            timer.onDue(nowNs);
        } catch (Throwable e) {
            onFailure.accept(e);
            if (!timer.isArmed()) {
                arm(timer, nowNs + RETRY_NS);
            }
        }
    }

    /**
     * Moves what is in the next occupied slot to {@link #due}, or passes over all that are empty.
     */
    private void takeNextSlot(long nowTick) {
        long tick = size == 0 ? nowTick + 1 : nextOccupiedTick();
        if (tick > nowTick) {
            currentTick = nowTick + 1;
            return;
        }
        int index = (int) tick & MASK;
        occupied[index >>> 6] &= ~(1L << index);
        Slot slot = slots[index];
        if (slot != null && !slot.isEmpty()) {
            moveAll(slot, due);
        }
        dueUpTo = nowTick;
        currentTick = tick + 1;
    }

    /**
     * The first tick from the current one on whose slot may hold a timer; one round on if there is
     * none.
     */
    private long nextOccupiedTick() {
        int first = (int) currentTick & MASK;
        for (int passed = 0; passed < SLOTS; ) {
            int index = (first + passed) & MASK;
            long rest = occupied[index >>> 6] >>> index;
            if (rest != 0) {
                return currentTick + Math.min(passed + Long.numberOfTrailingZeros(rest), SLOTS);
            }
            passed += Long.SIZE - (index & (Long.SIZE - 1));
        }
        return currentTick + SLOTS;
    }

    private long tickAtOrAfter(long deadlineNs) {
        return (deadlineNs - startNs + TICK_NS - 1) >> TICK_SHIFT;
    }

    private Slot slotOf(long tick) {
        int index = (int) tick & MASK;
        occupied[index >>> 6] |= 1L << index;
        Slot slot = slots[index];
        if (slot == null) {
            slot = new Slot();
            slots[index] = slot;
        }
        return slot;
    }

    private static void link(Slot slot, Timer timer) {
        Timer last = requireNonNull(slot.previous);
        timer.previous = last;
        timer.next = slot;
        last.next = timer;
        slot.previous = timer;
    }

    private static void unlink(Timer timer) {
        Timer previous = requireNonNull(timer.previous);
        Timer next = requireNonNull(timer.next);
        previous.next = next;
        next.previous = previous;
        timer.previous = null;
        timer.next = null;
    }

    private static void moveAll(Slot from, Slot to) {
        Timer first = requireNonNull(from.next);
        Timer last = requireNonNull(from.previous);
        Timer toLast = requireNonNull(to.previous);
        toLast.next = first;
        first.previous = toLast;
        last.next = to;
        to.previous = last;
        from.next = from;
        from.previous = from;
    }
}
