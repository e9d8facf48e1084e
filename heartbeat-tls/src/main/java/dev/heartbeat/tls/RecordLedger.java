package dev.heartbeat.tls;

import java.util.Arrays;

/**
 * Remembers which plaintext each unflushed record ends: what the connection below reports is
 * ciphertext, and a piece of plaintext has left when its last record has.
 */
final class RecordLedger {
    private static final int FIRST_CAPACITY = 16;

    /** A larger one is not kept for the next connection. */
    private static final int KEPT_CAPACITY = 256;

    private long[] ciphertextEnds = new long[FIRST_CAPACITY];
    private long[] plaintextEnds = new long[FIRST_CAPACITY];
    private int head;
    private int tail;

    boolean isEmpty() {
        return head == tail;
    }

    boolean isSmall() {
        return ciphertextEnds.length <= KEPT_CAPACITY;
    }

    /** Adds a record, by the totals of both streams up to its end. */
    void add(long ciphertextEnd, long plaintextEnd) {
        if (tail == ciphertextEnds.length) {
            makeRoom();
        }
        ciphertextEnds[tail] = ciphertextEnd;
        plaintextEnds[tail++] = plaintextEnd;
    }

    /**
     * Drops the records that were flushed.
     *
     * @param ciphertext how much of it was flushed in all
     * @param plaintext what this returned before
     * @return how much plaintext was flushed in all
     */
    long flushed(long ciphertext, long plaintext) {
        long end = plaintext;
        while (head < tail && ciphertextEnds[head] <= ciphertext) {
            end = plaintextEnds[head++];
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
        return end;
    }

    private void makeRoom() {
        int count = tail - head;
        // Shifting only when half is free keeps it to a constant cost for each record.
        int capacity = head >= ciphertextEnds.length / 2 ? ciphertextEnds.length : 2 * ciphertextEnds.length;
        ciphertextEnds = Arrays.copyOf(Arrays.copyOfRange(ciphertextEnds, head, tail), capacity);
        plaintextEnds = Arrays.copyOf(Arrays.copyOfRange(plaintextEnds, head, tail), capacity);
        head = 0;
        tail = count;
    }
}
