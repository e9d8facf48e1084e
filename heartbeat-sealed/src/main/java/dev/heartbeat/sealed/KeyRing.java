package dev.heartbeat.sealed;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keys by their ids: one to seal with, and all of them to open with. To rotate, give every receiver
 * a ring with the new key, then have senders seal with it, and take the old key out when no message
 * under it can arrive any more. Immutable, except that its keys count what they seal; it is used by
 * one {@link Sealer}.
 *
 * @since 0.1
 */
public final class KeyRing {
    /** The number of messages that a key may seal at most, by everyone who has it: 2^32. */
    public static final long MAX_MESSAGES = 1L << 32;

    /** The number of keys that a ring may have. */
    public static final int MAX_KEYS = 64;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final Map<String, SealingKey> keys;
    private final SealingKey current;

    private KeyRing(Map<String, SealingKey> keys, SealingKey current) {
        this.keys = keys;
        this.current = current;
    }

    /** {@return a builder of a ring without keys} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the ids of all keys, in the order in which they were added} */
    public Set<String> ids() {
        return Collections.unmodifiableSet(keys.keySet());
    }

    SealingKey current() {
        return current;
    }

    @Nullable
    SealingKey key(String id) {
        return keys.get(id);
    }

    /** This ring, with the counts of those keys that the other has too. */
    KeyRing withCountsOf(KeyRing before) {
        Map<String, SealingKey> same = new LinkedHashMap<>(keys);
        same.replaceAll((id, key) -> {
            SealingKey known = before.key(id);
            return known != null && known.isSameAs(key) ? known : key;
        });
        return new KeyRing(same, Objects.requireNonNull(same.get(current.id)));
    }

    /** The ids alone. */
    @Override
    public String toString() {
        return "keys " + String.join(", ", keys.keySet()) + "; sealing with " + current.id;
    }

    /**
     * Collects keys. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final Map<String, byte[]> keys = new LinkedHashMap<>();
        private long messagesPerKey = MAX_MESSAGES;
        private @Nullable String current;

        private Builder() {}

        /**
         * Adds a key. The first one is that to seal with, unless {@link #sealWith} names another.
         *
         * @param id 1 to 64 characters of {@code A-Z a-z 0-9 _ -}; it travels with each message in
         *     the clear
         * @param key 32 bytes from a good source of random, which are copied
         * @return this builder
         * @throws IllegalArgumentException if the id or the length is another, if the id is there
         *     already, or if there are {@link #MAX_KEYS}; the message never shows the key
         */
        public Builder key(String id, byte[] key) {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(key, "key");
            if (!ID.matcher(id).matches()) {
                // Not shown: it may be the key in a wrong place.
                throw new IllegalArgumentException(
                        "id has " + id.length() + " characters, allowed are 1 to 64 of A-Z a-z 0-9 _ -");
            }
            if (key.length != SealingKey.BYTES) {
                throw new IllegalArgumentException(
                        "key " + id + " has " + key.length + " bytes, allowed is " + SealingKey.BYTES);
            }
            if (keys.size() == MAX_KEYS) {
                throw new IllegalArgumentException("a ring has " + MAX_KEYS + " keys at most");
            }
            if (keys.putIfAbsent(id, key.clone()) != null) {
                throw new IllegalArgumentException("key " + id + " is there already, allowed is one key for each id");
            }
            return this;
        }

        /**
         * Seals with the key of this id.
         *
         * @return this builder
         */
        public Builder sealWith(String id) {
            current = Objects.requireNonNull(id, "id");
            return this;
        }

        /**
         * Sets how many messages each key seals in this process, after which it refuses. The safe
         * number, 2^32, is for all who seal with a key together, and over all their restarts: give
         * each a share, or a key of its own.
         *
         * @param messages 1 to {@link #MAX_MESSAGES}, which is the default
         * @return this builder
         * @throws IllegalArgumentException if it is out of this range
         */
        public Builder messagesPerKey(long messages) {
            if (messages < 1 || messages > MAX_MESSAGES) {
                throw new IllegalArgumentException(
                        "messagesPerKey is " + messages + ", allowed is 1 to " + MAX_MESSAGES);
            }
            messagesPerKey = messages;
            return this;
        }

        /**
         * {@return the ring}
         *
         * @throws IllegalArgumentException if there is no key, or none of the id to seal with
         */
        public KeyRing build() {
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("a ring has no keys, allowed is 1 to " + MAX_KEYS);
            }
            Map<String, SealingKey> all = new LinkedHashMap<>();
            keys.forEach((id, bytes) -> all.put(id, new SealingKey(id, bytes, messagesPerKey)));
            String with = current == null ? all.keySet().iterator().next() : current;
            SealingKey sealing = all.get(with);
            if (sealing == null) {
                throw new IllegalArgumentException(
                        "sealWith names no key of the ring, allowed is one of " + String.join(", ", all.keySet()));
            }
            return new KeyRing(all, sealing);
        }

        /** The ids alone. */
        @Override
        public String toString() {
            return "keys " + String.join(", ", keys.keySet());
        }
    }
}
