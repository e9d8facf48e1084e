package dev.heartbeat.internal.frame;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a node as the server keeps them: an unmodifiable map whose entries lie in one
 * array, in the order in which the node sent them. Strings and a hash table would take several
 * times as much, and there are 32 entries at most to look through.
 *
 * <pre>
 * +------------+--------------+-----+-------
 * | key length | value length | key | value
 * +------------+--------------+-----+-------   for each entry
 *   u8           u16            ASCII UTF-8
 * </pre>
 */
public final class MetadataMap extends AbstractMap<String, String> {
    static final int ENTRY_HEADER = 3;

    public static final MetadataMap NONE = new MetadataMap(new byte[0]);

    /** The objects themselves: this one, and the header of its array, rounded up. */
    private static final int OVERHEAD = 48;

    private final byte[] packed;

    private MetadataMap(byte[] packed) {
        this.packed = packed;
    }

    /** Makes a map of entries that were checked before. */
    static MetadataMap of(byte[] packed) {
        return packed.length == 0 ? NONE : new MetadataMap(packed);
    }

    /**
     * The same entries as they are kept.
     *
     * @throws IllegalArgumentException if they cannot be a node's metadata
     */
    public static MetadataMap of(Map<String, String> entries) {
        return entries instanceof MetadataMap kept
                ? kept
                : Metadata.collect(entries).packed();
    }

    /** The bytes of the heap it takes, rounded up. */
    public int heapBytes() {
        return packed.length == 0 ? 0 : OVERHEAD + packed.length;
    }

    /**
     * Whether the value of this key is this one; without an allocation where the value is ASCII.
     */
    public boolean has(String key, String value) {
        int at = find(key);
        return at >= 0 && isText(valueAt(packed, at), valueLength(packed, at), value);
    }

    private boolean isText(int from, int length, String text) {
        for (int i = from; i < from + length; i++) {
            if (packed[i] < 0) {
                return text.equals(text(from, length)); // It is not ASCII.
            }
        }
        return text.length() == length && startsWith(packed, from, text);
    }

    private int find(@Nullable Object key) {
        return key instanceof String name ? find(packed, packed.length, name) : -1;
    }

    /** The place where the entry of this key begins; negative if there is none. */
    static int find(byte[] packed, int end, String key) {
        for (int at = 0; at < end; at = next(packed, at)) {
            if (keyLength(packed, at) == key.length() && startsWith(packed, at + ENTRY_HEADER, key)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] bytes, int from, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int next(byte[] packed, int at) {
        return valueAt(packed, at) + valueLength(packed, at);
    }

    private static int keyLength(byte[] packed, int at) {
        return packed[at] & 0xFF;
    }

    private static int valueLength(byte[] packed, int at) {
        return (packed[at + 1] & 0xFF) << 8 | packed[at + 2] & 0xFF;
    }

    private static int valueAt(byte[] packed, int at) {
        return at + ENTRY_HEADER + keyLength(packed, at);
    }

    private String key(int at) {
        return new String(packed, at + ENTRY_HEADER, keyLength(packed, at), StandardCharsets.US_ASCII);
    }

    private String value(int at) {
        return text(valueAt(packed, at), valueLength(packed, at));
    }

    private String text(int from, int length) {
        return new String(packed, from, length, StandardCharsets.UTF_8);
    }

    // ---- a map

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MetadataMap that && Arrays.equals(packed, that.packed) || super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        int at = find(key);
        return at < 0 ? null : value(at);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return find(key) >= 0;
    }

    @Override
    public boolean isEmpty() {
        return packed.length == 0;
    }

    @Override
    public int size() {
        int size = 0;
        for (int at = 0; at < packed.length; at = next(packed, at)) {
            size++;
        }
        return size;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return Collections.unmodifiableSet(new Entries());
    }

    @Override
    public Set<String> keySet() {
        return Collections.unmodifiableSet(super.keySet());
    }

    @Override
    public Collection<String> values() {
        return Collections.unmodifiableCollection(super.values());
    }

    private final class Entries extends AbstractSet<Map.Entry<String, String>> {
        @Override
        public int size() {
            return MetadataMap.this.size();
        }

        @Override
        public Iterator<Map.Entry<String, String>> iterator() {
            return new Iterator<>() {
                private int at;

                @Override
                public boolean hasNext() {
                    return at < packed.length;
                }

                @Override
                public Map.Entry<String, String> next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    Map.Entry<String, String> entry = Map.entry(key(at), value(at));
                    at = MetadataMap.next(packed, at);
                    return entry;
                }
            };
        }
    }

    // ---- and one that nobody changes

    private static UnsupportedOperationException unmodifiable() {
        return new UnsupportedOperationException("the metadata of a node are unmodifiable");
    }

    @Override
    public String put(String key, String value) {
        throw unmodifiable();
    }

    @Override
    public String remove(Object key) {
        throw unmodifiable();
    }

    @Override
    public void putAll(Map<? extends String, ? extends String> entries) {
        throw unmodifiable();
    }

    @Override
    public void clear() {
        throw unmodifiable();
    }

    @Override
    public void replaceAll(BiFunction<? super String, ? super String, ? extends String> value) {
        throw unmodifiable();
    }

    @Override
    public String putIfAbsent(String key, String value) {
        throw unmodifiable();
    }

    @Override
    public boolean remove(Object key, Object value) {
        throw unmodifiable();
    }

    @Override
    public boolean replace(String key, String from, String to) {
        throw unmodifiable();
    }

    @Override
    public String replace(String key, String value) {
        throw unmodifiable();
    }

    @Override
    public String computeIfAbsent(String key, Function<? super String, ? extends String> value) {
        throw unmodifiable();
    }

    @Override
    public String computeIfPresent(String key, BiFunction<? super String, ? super String, ? extends String> value) {
        throw unmodifiable();
    }

    @Override
    public String compute(String key, BiFunction<? super String, ? super String, ? extends String> value) {
        throw unmodifiable();
    }

    @Override
    public String merge(String key, String value, BiFunction<? super String, ? super String, ? extends String> both) {
        throw unmodifiable();
    }
}
