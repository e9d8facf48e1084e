package dev.heartbeat.internal.mux;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has by a number of its own: nodes by handle, channels by id. The numbers only
 * grow, so two arrays hold them in order: a new one comes to the end, one without gaps before it is
 * found by subtraction, any other by halving. What is removed leaves a gap, and the gaps are closed
 * when they are most of it.
 *
 * <p>Invariant: {@code handles} is in unsigned order up to {@code used}, and {@code size} of the
 * places before {@code used} are not null.
 */
public final class IdTable<T> {
    private static final int FIRST_CAPACITY = 4;

    private int[] handles = new int[FIRST_CAPACITY];
    private @Nullable Object[] values = new @Nullable Object[FIRST_CAPACITY];
    private int used;
    private int size;
    private int greatest;

    public int size() {
        return size;
    }

    /** Whether it was never in here: a handle is greater than all before it. */
    public boolean isNew(int handle) {
        return Integer.compareUnsigned(handle, greatest) > 0;
    }

    /** Adds what has a {@linkplain #isNew new} handle. */
    public void add(int handle, T value) {
        if (!isNew(handle)) {
            throw new IllegalArgumentException("handle " + Integer.toUnsignedString(handle) + " is not new");
        }
        if (used == handles.length) {
            int capacity = used + used / 2;
            handles = Arrays.copyOf(handles, capacity);
            values = Arrays.copyOf(values, capacity);
        }
        handles[used] = handle;
        values[used] = value;
        used++;
        size++;
        greatest = handle;
    }

    public @Nullable T get(int handle) {
        int place = placeOf(handle);
        return place < 0 ? null : at(place);
    }

    public void remove(int handle) {
        int place = placeOf(handle);
        if (place < 0 || values[place] == null) {
            return;
        }
        values[place] = null;
        size--;
        if (size < used / 2) {
            close();
        }
    }

    /**
     * Those with handles from {@code first} to {@code last}, both included. What the action removes
     * or adds is no longer, or not yet, seen.
     */
    public void forEach(int first, int last, Consumer<T> action) {
        int place = firstPlaceFrom(first);
        while (place < used && Integer.compareUnsigned(handles[place], last) <= 0) {
            int handle = handles[place];
            T value = at(place);
            if (value != null) {
                action.accept(value);
            }
            if (handle == last) {
                return; // There may be none greater.
            }
            // The action may have closed gaps before this place.
            place = place < used && handles[place] == handle ? place + 1 : firstPlaceFrom(handle + 1);
        }
    }

    public void forEach(Consumer<T> action) {
        if (used > 0) {
            forEach(handles[0], greatest, action);
        }
    }

    private int placeOf(int handle) {
        int place = firstPlaceFrom(handle);
        return place < used && handles[place] == handle ? place : -1;
    }

    private int firstPlaceFrom(int handle) {
        if (used == 0) {
            return 0;
        }
        int guess = handle - handles[0];
        if (guess >= 0 && guess < used && handles[guess] == handle) {
            return guess;
        }
        int low = 0;
        int high = used;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(handles[middle], handle) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void close() {
        int to = 0;
        int capacity = Math.max(FIRST_CAPACITY, size + size / 2);
        int[] keptHandles = new int[capacity];
        @Nullable Object[] kept = new @Nullable Object[capacity];
        for (int from = 0; from < used; from++) {
            if (values[from] != null) {
                keptHandles[to] = handles[from];
                kept[to] = values[from];
                to++;
            }
        }
        handles = keptHandles;
        values = kept;
        used = to;
    }

    @SuppressWarnings("unchecked") // Only add() writes them.
    private @Nullable T at(int place) {
        return (T) values[place];
    }
}
