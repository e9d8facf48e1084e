package dev.heartbeat.internal.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Where connections come from: an IPv4 address, an IPv6 address, or the IPv6 network of 64 bits
 * that a subscriber usually has for itself. An IPv4-mapped address is an IPv4 address.
 *
 * @param low of an IPv4 address all of it
 */
// Comparable, so that a map stays fast when strangers choose addresses of one hash.
public record Source(Kind kind, long high, long low) implements Comparable<Source> {
    /** How much of an address it is. */
    public enum Kind {
        IPV4,
        IPV6,
        IPV6_NETWORK
    }

    /** The address alone. */
    static Source addressOf(InetSocketAddress address) {
        ByteBuffer bytes = bytesOf(address);
        return bytes.remaining() == Integer.BYTES
                ? new Source(Kind.IPV4, 0, Integer.toUnsignedLong(bytes.getInt()))
                : new Source(Kind.IPV6, bytes.getLong(), bytes.getLong());
    }

    /** Whoever may choose its address freely has all of these. */
    public static Source of(InetSocketAddress address) {
        return addressOf(address).network();
    }

    private static ByteBuffer bytesOf(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        return ByteBuffer.wrap(resolved == null ? new byte[Integer.BYTES] : resolved.getAddress());
    }

    boolean isIpv6() {
        return kind == Kind.IPV6;
    }

    /** The network of an IPv6 address; an IPv4 address itself. */
    Source network() {
        return kind == Kind.IPV6 ? new Source(Kind.IPV6_NETWORK, high, 0) : this;
    }

    @Override
    public int compareTo(Source other) {
        int byKind = kind.compareTo(other.kind);
        int byHigh = byKind != 0 ? byKind : Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compare(low, other.low);
    }
}
