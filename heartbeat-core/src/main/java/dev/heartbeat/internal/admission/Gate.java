package dev.heartbeat.internal.admission;

import dev.heartbeat.ConnectionRefusal;
import dev.heartbeat.Networks;
import dev.heartbeat.ServerOptions;
import dev.heartbeat.spi.Environment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decides which connections a server keeps, before anything else happens to them. Each question
 * costs the same however many there are. Any thread.
 */
public final class Gate {
    /** All that an address may try at once, in seconds of its rate. */
    private static final int BURST_SECONDS = 10;

    /** The key of what all addresses share. */
    private static final Integer ALL = 0;

    private final Environment environment;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger unregistered = new AtomicInteger();
    private final Places places = new Places();
    private final Rates<Source> attempts = new Rates<>();
    private final Rates<Integer> allAttempts = new Rates<>();
    private final Map<ConnectionRefusal, LongAdder> refusals = new EnumMap<>(ConnectionRefusal.class);
    private volatile ServerOptions options;

    /** An open one. */
    public Gate(ServerOptions options, Environment environment) {
        this.environment = environment;
        this.options = options;
        for (ConnectionRefusal why : ConnectionRefusal.values()) {
            refusals.put(why, new LongAdder());
        }
        limit(options);
    }

    /** Takes the limits of these options, for all connections that come from now on. */
    public void replace(ServerOptions newOptions) {
        limit(newOptions);
        options = newOptions;
    }

    private void limit(ServerOptions to) {
        places.limit(to.maxConnectionsPerAddress(), to.maxConnectionsPerIpv6Network());
        attempts.limit((long) BURST_SECONDS * to.attemptsPerSecondPerAddress(), BURST_SECONDS);
        allAttempts.limit(to.attemptsPerSecond(), 1);
    }

    /** The options in force. */
    public ServerOptions options() {
        return options;
    }

    /**
     * Counts a connection, whatever becomes of it: {@link #left} follows.
     *
     * @return why it is not kept; null if it is
     */
    public @Nullable ConnectionRefusal enter(InetSocketAddress remote) {
        unregistered.incrementAndGet();
        if (open.incrementAndGet() > options.maxConnections()) {
            return ConnectionRefusal.CONNECTIONS;
        }
        // What comes over a proxy is judged by the address in its header.
        return isProxy(remote) ? places.enter(remote, true) : judge(remote, options);
    }

    /** Whether the PROXY protocol is spoken from there. */
    public boolean isProxy(InetSocketAddress remote) {
        Networks proxies = options.proxyProtocolFrom();
        InetAddress address = remote.getAddress();
        return !proxies.isEmpty() && address != null && proxies.contains(address);
    }

    /**
     * The source whose connections share what an address gets; null for a proxy that names no
     * client, because many may be behind it.
     */
    public @Nullable Source originOf(InetSocketAddress remote) {
        return isProxy(remote) ? null : Source.of(remote);
    }

    /**
     * Counts a connection by its client's address, once {@link #enter} has kept it as its proxy's.
     *
     * @return why it is not kept; null if it is
     */
    public @Nullable ConnectionRefusal enterProxied(InetSocketAddress client) {
        return judge(client, options);
    }

    /** A connection is counted there no more. */
    public void leave(@Nullable Place place) {
        places.leave(place);
    }

    private @Nullable ConnectionRefusal judge(InetSocketAddress remote, ServerOptions by) {
        if (!isAllowed(remote.getAddress(), by)) {
            return ConnectionRefusal.ADDRESS_DENIED;
        }
        if (unregistered.get() > by.maxUnregistered()) {
            return ConnectionRefusal.UNREGISTERED;
        }
        long nowNs = environment.monotonicNanos();
        if (by.attemptsPerSecondPerAddress() > 0 && !attempts.take(Source.of(remote), nowNs)) {
            return ConnectionRefusal.ADDRESS_ATTEMPTS;
        }
        if (!allAttempts.take(ALL, nowNs)) {
            return ConnectionRefusal.ATTEMPTS;
        }
        return places.enter(remote, false);
    }

    private static boolean isAllowed(@Nullable InetAddress address, ServerOptions by) {
        if (by.denyFrom().isEmpty() && by.allowFrom().isEmpty()) {
            return true;
        }
        return address != null
                && !by.denyFrom().contains(address)
                && (by.allowFrom().isEmpty() || by.allowFrom().contains(address));
    }

    /** A connection was refused. */
    public void refused(ConnectionRefusal why) {
        Objects.requireNonNull(refusals.get(why)).increment();
    }

    /** Where a connection that was kept is counted. */
    public @Nullable Place placeOf(InetSocketAddress remote) {
        return places.of(remote);
    }

    /** A connection has its node. */
    public void registered() {
        unregistered.decrementAndGet();
    }

    /**
     * A connection has ended.
     *
     * @param hadNode whether {@link #registered} was called for it
     * @return whether it was the last
     */
    public boolean left(@Nullable Place place, boolean hadNode) {
        places.leave(place);
        if (!hadNode) {
            unregistered.decrementAndGet();
        }
        return open.decrementAndGet() == 0;
    }

    // ---- numbers

    /** Connections that are open. */
    public long open() {
        return open.get();
    }

    /** Connections that are open and have no node yet. */
    public long unregistered() {
        return unregistered.get();
    }

    /** Connections that were refused, by reason; unmodifiable. */
    public Map<ConnectionRefusal, Long> refusals() {
        Map<ConnectionRefusal, Long> counts = new EnumMap<>(ConnectionRefusal.class);
        refusals.forEach((why, times) -> {
            if (times.sum() > 0) {
                counts.put(why, times.sum());
            }
        });
        return Collections.unmodifiableMap(counts);
    }
}
