package dev.heartbeat;

import dev.heartbeat.spi.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A list of IP networks, each an address or an address with a prefix, such as {@code 10.0.0.0/8} or
 * {@code 2001:db8::/32}. A search takes logarithmic time. Immutable.
 *
 * @since 0.1
 */
public final class Networks {
    private static final int MAX_NETWORKS = 100_000;
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;
    private static final String ALLOWED =
            "allowed is an address with or without a prefix, such as 10.0.0.0/8 or 2001:db8::/32";

    private static final Networks NONE = new Networks(List.of());

    private final List<Network> given;
    private final Ranges ipv4;
    private final Ranges ipv6;

    private Networks(List<Network> given) {
        this.given = List.copyOf(given);
        ipv4 = new Ranges(given.stream().filter(network -> network.bits == IPV4_BITS));
        ipv6 = new Ranges(given.stream().filter(network -> network.bits == IPV6_BITS));
    }

    /** {@return the empty list} */
    public static Networks none() {
        return NONE;
    }

    /**
     * Reads a list.
     *
     * @param networks each with or without a prefix
     * @return the list
     * @throws IllegalArgumentException if one is no network, or has bits set beyond its prefix; the
     *     message names it and what is allowed
     */
    public static Networks of(String... networks) {
        Objects.requireNonNull(networks, "networks");
        if (networks.length > MAX_NETWORKS) {
            throw new IllegalArgumentException(
                    "networks are " + networks.length + ", allowed are 0 to " + MAX_NETWORKS);
        }
        return networks.length == 0
                ? NONE
                : new Networks(Arrays.stream(networks).map(Networks::network).toList());
    }

    /**
     * Reads a list in one text, with commas or white space between networks.
     *
     * @return the list, which is empty if the text is blank
     * @throws IllegalArgumentException as {@link #of}
     */
    public static Networks parse(String text) {
        Objects.requireNonNull(text, "text");
        return of(Stream.of(text.split("[\\s,]+"))
                .filter(network -> !network.isEmpty())
                .toArray(String[]::new));
    }

    /** {@return whether it has no network} */
    public boolean isEmpty() {
        return given.isEmpty();
    }

    /**
     * {@return whether one of the networks has this address} An IPv4-mapped address is an IPv4
     * address, which no IPv6 network has.
     */
    public boolean contains(InetAddress address) {
        Objects.requireNonNull(address, "address");
        if (given.isEmpty()) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? ipv4.have(0, Integer.toUnsignedLong(bytes.getInt()))
                : ipv6.have(bytes.getLong(), bytes.getLong());
    }

    /** Whether both have the same networks in the same order. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Networks networks && given.equals(networks.given);
    }

    /** A hash of the networks. */
    @Override
    public int hashCode() {
        return given.hashCode();
    }

    /** The networks with commas between them, as {@link #parse} reads them; {@code none} if empty. */
    @Override
    public String toString() {
        return given.isEmpty()
                ? "none"
                : String.join(",", given.stream().map(Network::toString).toList());
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("'" + text + "' is no network, " + ALLOWED);
        }
        int bits = address.getAddress().length * Byte.SIZE;
        int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1));
        if (bits == IPV4_BITS && text.indexOf(':') >= 0 && slash >= 0) {
            prefix = prefix < 0 ? prefix : prefix - MAPPED_BITS;
        }
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("the prefix of '" + text + "' is out of range, allowed is 0 to " + bits);
        }
        Network network = Network.of(address, prefix);
        if (!network.begins(address)) {
            throw new IllegalArgumentException("'" + text + "' has bits beyond its prefix, allowed is " + network);
        }
        return network;
    }

    /** The number; -1 if it is none. */
    private static int prefix(String text) {
        return text.matches("0|[1-9]\\d{0,2}") ? Integer.parseInt(text) : -1;
    }

    /** All addresses from one to another, as numbers of 128 bits without sign. */
    private record Network(int bits, int prefix, long fromHigh, long fromLow, long toHigh, long toLow) {
        static Network of(InetAddress address, int prefix) {
            ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
            int bits = bytes.remaining() * Byte.SIZE;
            boolean ipv4 = bits == IPV4_BITS;
            long high = ipv4 ? 0 : bytes.getLong();
            long low = ipv4 ? Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
            int free = bits - prefix;
            long highMask = free <= Long.SIZE ? 0 : ones(free - Long.SIZE);
            long lowMask = ones(Math.min(free, Long.SIZE));
            return new Network(
                    bits,
                    prefix,
                    high & ~highMask,
                    low & ~lowMask,
                    high & ~highMask | highMask,
                    low & ~lowMask | lowMask);
        }

        private static long ones(int count) {
            return count == Long.SIZE ? -1 : (1L << count) - 1;
        }

        boolean begins(InetAddress address) {
            Network single = of(address, bits);
            return single.fromHigh == fromHigh && single.fromLow == fromLow;
        }

        @Override
        public String toString() {
            byte[] bytes = bits == IPV4_BITS
                    ? ByteBuffer.allocate(Integer.BYTES).putInt((int) fromLow).array()
                    : ByteBuffer.allocate(2 * Long.BYTES)
                            .putLong(fromHigh)
                            .putLong(fromLow)
                            .array();
            try {
                return InetAddress.getByAddress(bytes).getHostAddress() + "/" + prefix;
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Ranges without overlap, in order: each is four numbers. */
    private static final class Ranges {
        private final long[] bounds;

        Ranges(Stream<Network> networks) {
            List<Network> merged = new ArrayList<>();
            networks.sorted((one, other) -> compare(one.fromHigh, one.fromLow, other.fromHigh, other.fromLow))
                    .forEach(next -> {
                        Network last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
                        // Of two networks that overlap, one has all of the other.
                        if (last == null || compare(last.toHigh, last.toLow, next.fromHigh, next.fromLow) < 0) {
                            merged.add(next);
                        } else if (compare(last.toHigh, last.toLow, next.toHigh, next.toLow) < 0) {
                            merged.set(merged.size() - 1, next);
                        }
                    });
            bounds = merged.stream()
                    .flatMapToLong(
                            network -> LongStream.of(network.fromHigh, network.fromLow, network.toHigh, network.toLow))
                    .toArray();
        }

        boolean have(long high, long low) {
            int first = 0;
            int last = bounds.length / 4 - 1;
            while (first <= last) {
                int middle = (first + last) >>> 1;
                int at = 4 * middle;
                if (compare(high, low, bounds[at], bounds[at + 1]) < 0) {
                    last = middle - 1;
                } else if (compare(high, low, bounds[at + 2], bounds[at + 3]) > 0) {
                    first = middle + 1;
                } else {
                    return true;
                }
            }
            return false;
        }

        private static int compare(long high, long low, long otherHigh, long otherLow) {
            int byHigh = Long.compareUnsigned(high, otherHigh);
            return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
        }
    }
}
