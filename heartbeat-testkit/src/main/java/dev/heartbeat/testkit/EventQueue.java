package dev.heartbeat.testkit;

import java.util.Arrays;

/**
 * The events that are to happen, ordered by time; events of the same time are ordered by chance,
 * which is the seed's. A binary heap on plain arrays, since in a large simulation it is most of the
 * work. Anything that must stay in order (the bytes of a connection, the tasks of a loop) has a
 * queue of its own and an event that says "look".
 */
final class EventQueue {
    private long[] times = new long[1024];
    private int[] ties = new int[1024];
    private Runnable[] actions = new Runnable[1024];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long nextTimeNs() {
        return times[0];
    }

    void add(long timeNs, int tie, Runnable action) {
        if (size == times.length) {
            grow();
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!precedes(timeNs, tie, times[parent], ties[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, timeNs, tie, action);
    }

    Runnable remove() {
        final Runnable first = actions[0];
        int last = --size;
        long timeNs = times[last];
        int tie = ties[last];
        Runnable action = actions[last];
        actions[last] = EventQueue::none;
        if (last > 0) {
            sink(timeNs, tie, action);
        }
        return first;
    }

    private void sink(long timeNs, int tie, Runnable action) {
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && precedes(times[child + 1], ties[child + 1], times[child], ties[child])) {
                child++;
            }
            if (!precedes(times[child], ties[child], timeNs, tie)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, timeNs, tie, action);
    }

    private static boolean precedes(long timeA, int tieA, long timeB, int tieB) {
        return timeA < timeB || (timeA == timeB && tieA < tieB);
    }

    private void move(int from, int to) {
        put(to, times[from], ties[from], actions[from]);
    }

    private void put(int at, long timeNs, int tie, Runnable action) {
        times[at] = timeNs;
        ties[at] = tie;
        actions[at] = action;
    }

    private void grow() {
        int length = 2 * times.length;
        times = Arrays.copyOf(times, length);
        ties = Arrays.copyOf(ties, length);
        actions = Arrays.copyOf(actions, length);
    }

    private static void none() {}
}
