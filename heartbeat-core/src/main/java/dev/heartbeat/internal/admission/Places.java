package dev.heartbeat.internal.admission;

import dev.heartbeat.ConnectionRefusal;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts open connections by source, from the first limit on, so that a server without one keeps
 * nothing. The table is as large as the number of connections at most. Any thread.
 */
final class Places {
    private final Map<Source, Place> places = new HashMap<>();
    private volatile boolean counting;
    private int maxPerAddress;
    private int maxPerNetwork;

    /** From now on so many may be open; 0 for no limit. */
    synchronized void limit(int perAddress, int perNetwork) {
        maxPerAddress = perAddress;
        maxPerNetwork = perNetwork;
        // It never stops: a connection that is counted must be found when it ends.
        counting |= perAddress > 0 || perNetwork > 0;
    }

    /**
     * Counts a connection.
     *
     * @param exempt whether it is counted beyond a limit too
     * @return why it is not counted; null if it is
     */
    @Nullable
    ConnectionRefusal enter(InetSocketAddress remote, boolean exempt) {
        if (!counting) {
            return null;
        }
        Source address = Source.addressOf(remote);
        synchronized (this) {
            Place place = places.get(address);
            Place network = place != null ? place.network : networkOf(address);
            if (!exempt && isFull(place, maxPerAddress)) {
                return ConnectionRefusal.ADDRESS_CONNECTIONS;
            }
            if (!exempt && isFull(network, maxPerNetwork)) {
                return ConnectionRefusal.NETWORK_CONNECTIONS;
            }
            if (place == null) {
                place = new Place(address, address.isIpv6() ? ensureNetwork(address, network) : null);
                places.put(address, place);
            }
            add(place, 1);
            return null;
        }
    }

    private static boolean isFull(@Nullable Place place, int maximum) {
        return place != null && maximum > 0 && place.open >= maximum;
    }

    private @Nullable Place networkOf(Source address) {
        return address.isIpv6() ? places.get(address.network()) : null;
    }

    private Place ensureNetwork(Source address, @Nullable Place network) {
        return network != null ? network : places.computeIfAbsent(address.network(), key -> new Place(key, null));
    }

    /** Where a connection that was accepted from this address is counted; null if it is nowhere. */
    @Nullable
    Place of(InetSocketAddress remote) {
        if (!counting) {
            return null;
        }
        Source address = Source.addressOf(remote);
        synchronized (this) {
            return places.get(address);
        }
    }

    /** A connection has ended. */
    void leave(@Nullable Place place) {
        if (place != null) {
            synchronized (this) {
                add(place, -1);
            }
        }
    }

    private void add(Place place, int difference) {
        place.open = Math.max(0, place.open + difference);
        if (place.open == 0) {
            places.remove(place.source, place);
        }
        if (place.network != null) {
            add(place.network, difference);
        }
    }

    synchronized int size() {
        return places.size();
    }
}
