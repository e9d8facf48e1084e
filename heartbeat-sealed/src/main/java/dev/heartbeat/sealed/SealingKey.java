package dev.heartbeat.sealed;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;

/** A key, and how many messages it may still seal. Any thread. */
final class SealingKey {
    static final int BYTES = 32;

    final String id;
    final SecretKeySpec key;
    private final byte[] bytes;
    private final AtomicLong remaining;

    /** @param bytes not copied */
    SealingKey(String id, byte[] bytes, long messages) {
        this.id = id;
        this.bytes = bytes;
        key = new SecretKeySpec(bytes, "AES");
        remaining = new AtomicLong(messages);
    }

    /** Counts one message. */
    void countMessage() {
        if (remaining.getAndUpdate(left -> left == 0 ? 0 : left - 1) == 0) {
            throw new IllegalStateException(
                    "key " + id + " has sealed as many messages as it may; seal with another key from now on");
        }
    }

    long remaining() {
        return remaining.get();
    }

    boolean isSameAs(SealingKey other) {
        return id.equals(other.id) && MessageDigest.isEqual(bytes, other.bytes);
    }

    /** The id alone. */
    @Override
    public String toString() {
        return "key " + id;
    }
}
