package dev.heartbeat.testkit;

import dev.heartbeat.spi.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A network of hosts in one thread, on virtual time, repeatable by its seed. Production servers and
 * clients run on it unmodified, each given the {@link Host#transport} of its host:
 *
 * <pre>{@code
 * Simulation sim = new Simulation(42);
 * Host serverHost = sim.newHost("server");
 * Host clientHost = sim.newHost("client");
 * HeartbeatServer server = HeartbeatServer.builder().transport(serverHost.transport()).start();
 * HeartbeatClient client = HeartbeatClient.builder().server(serverHost.address(), 9501)
 *         .nodeId("n1").transport(clientHost.transport()).connect();
 * sim.advance(Duration.ofSeconds(1));
 *
 * sim.partition(clientHost, serverHost);
 * sim.advance(timeout.plus(tick));
 * assertThat(server.nodes().find("n1")).isEmpty();
 * }</pre>
 *
 * <p>Time passes in {@link #advance} only, and everything happens in there: events in order of
 * their time, and by chance where the time is the same. Blocking calls of the bus cannot be used
 * here (nobody would let time pass meanwhile), apart from {@code start()} of a server, which is
 * done at once.
 *
 * <p>Not thread-safe: one thread builds it and lets it run.
 *
 * @since 0.1
 */
public final class Simulation {
    private static final int FIRST_PORT = 32_768;
    /** Far from where the clocks of hosts would overflow, which begin anywhere. */
    private static final long LAST_NS = Long.MAX_VALUE / 2;

    private final long seed;
    private final RandomGenerator random;
    private final EventQueue events = new EventQueue();
    private final List<Host> hosts = new ArrayList<>();
    private final Map<InetSocketAddress, SimListener> listeners = new HashMap<>();
    private final Map<Way, LinkSettings> links = new HashMap<>();
    private final Set<Way> silentWays = new LinkedHashSet<>();
    private final Set<Host> isolated = new LinkedHashSet<>();
    private final Set<Pipe> heldBack = new LinkedHashSet<>();
    private final List<Throwable> escaped = new ArrayList<>();

    private LinkSettings defaultLink = LinkSettings.LAN;
    private @Nullable WireTap tap;
    private long nowNs;
    private long eventsRun;
    private long traceHash = 0xcbf29ce484222325L;
    private int nextPort = FIRST_PORT;

    /** From one host to another. */
    private record Way(Host from, Host to) {}

    /** A new world; the same seed and the same calls give the same run. */
    public Simulation(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** {@return the seed it was made with} */
    public long seed() {
        return seed;
    }

    // ---- hosts

    /** {@return a host with one event loop} */
    public Host newHost(String name) {
        return newHost(name, 1);
    }

    /** {@return a host whose transport has so many event loops} */
    public Host newHost(String name, int eventLoops) {
        return newHost(name, TransportOptions.builder().eventLoops(eventLoops).build());
    }

    /**
     * {@return a host whose transport has these options; what they say of sockets and threads means
     * nothing here}
     */
    public Host newHost(String name, TransportOptions options) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Host host = new Host(this, name, hosts.size(), options);
        hosts.add(host);
        return host;
    }

    /** The addresses of the hosts of this name. */
    List<InetAddress> addressesOf(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .map(Host::inetAddress)
                .toList();
    }

    /** The address of the host of this number. */
    static InetAddress addressOf(int number) {
        byte[] address = {10, (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    // ---- time

    /** {@return the time that has passed} */
    public Duration now() {
        return Duration.ofNanos(nowNs);
    }

    /** Lets time pass, and everything happen that belongs to it. */
    public void advance(Duration duration) {
        long untilNs = later(Spans.nanos("duration", duration));
        while (!events.isEmpty() && events.nextTimeNs() <= untilNs) {
            runNext();
        }
        nowNs = untilNs;
    }

    /**
     * Lets time pass until the condition holds, which is asked after every event.
     *
     * @return how long it took
     * @throws AssertionError if it does not hold within {@code limit}
     */
    public Duration advanceUntil(BooleanSupplier condition, Duration limit) {
        Objects.requireNonNull(condition, "condition");
        long limitNs = Spans.nanos("limit", limit);
        long beganNs = nowNs;
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.nextTimeNs() - beganNs > limitNs) {
                throw new AssertionError("it did not happen within " + limit + "; seed " + seed);
            }
            runNext();
        }
        return Duration.ofNanos(nowNs - beganNs);
    }

    /**
     * {@link #advanceUntil} the future is complete, and its result.
     *
     * @return the future's result
     */
    public <T> T await(CompletableFuture<T> future, Duration limit) {
        Objects.requireNonNull(future, "future");
        advanceUntil(future::isDone, limit);
        return future.join();
    }

    private void runNext() {
        nowNs = Math.max(nowNs, events.nextTimeNs());
        eventsRun++;
        trace(nowNs);
        events.remove().run();
    }

    /** {@return the number of events that have happened} */
    public long eventsRun() {
        return eventsRun;
    }

    /**
     * {@return the exceptions that were thrown at event loops, by what they ran} A loop goes on
     * after it, but whoever threw may have left things half done.
     */
    public List<Throwable> escaped() {
        return List.copyOf(escaped);
    }

    void escaped(Throwable thrown) {
        escaped.add(thrown);
    }

    /**
     * {@return a number that two runs have in common only if they are the same: every event with
     * its time, every byte read with its host}
     */
    public long traceHash() {
        return traceHash;
    }

    void trace(long what) {
        // FNV-1a, on whole numbers instead of bytes.
        traceHash = (traceHash ^ what) * 0x100000001b3L;
        traceHash ^= traceHash >>> 29;
    }

    /** Lets the action happen after so much time. */
    public void after(Duration delay, Runnable action) {
        long delayNs = Spans.nanos("delay", delay);
        at(later(delayNs), Objects.requireNonNull(action, "action"));
    }

    /** So much later, or at the end of time. */
    private long later(long delayNs) {
        return delayNs < LAST_NS - nowNs ? nowNs + delayNs : LAST_NS;
    }

    void at(long timeNs, Runnable action) {
        events.add(Math.max(timeNs, nowNs), random.nextInt(), action);
    }

    long nowNs() {
        return nowNs;
    }

    /**
     * Lets somebody look over the shoulder of every connection; null for nobody, which is the
     * default.
     */
    public void tap(@Nullable WireTap newTap) {
        tap = newTap;
    }

    @Nullable
    WireTap tap() {
        return tap;
    }

    /**
     * {@return the chance of this world; draw from it whatever a test decides by chance, so that
     * the seed decides it}
     */
    public RandomGenerator random() {
        return random;
    }

    // ---- the network

    /**
     * Sets the links for bytes where nothing else is said; for connections and bytes from now on.
     */
    public void links(LinkSettings settings) {
        defaultLink = Objects.requireNonNull(settings, "settings");
    }

    /** Sets the link for bytes between two hosts, both ways; for bytes from now on. */
    public void link(Host a, Host b, LinkSettings settings) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        Objects.requireNonNull(settings, "settings");
        links.put(new Way(a, b), settings);
        links.put(new Way(b, a), settings);
    }

    LinkSettings settings(Host from, Host to) {
        return links.isEmpty() ? defaultLink : links.getOrDefault(new Way(from, to), defaultLink);
    }

    /**
     * Nothing passes between the two any more, and neither side is notified: what is sent waits, as
     * in TCP, until it is healed.
     */
    public void partition(Host a, Host b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        silence(a, b);
        silence(b, a);
    }

    /** Nothing passes from the one to the other any more; the way back stays open. */
    public void silence(Host from, Host to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        silentWays.add(new Way(from, to));
    }

    /** {@link #partition} of one host from all others. */
    public void isolate(Host host) {
        isolated.add(Objects.requireNonNull(host, "host"));
    }

    /** Undoes {@link #isolate}. */
    public void rejoin(Host host) {
        isolated.remove(Objects.requireNonNull(host, "host"));
        releaseHeldBack();
    }

    /** Undoes {@link #partition} and {@link #silence} between the two. */
    public void heal(Host a, Host b) {
        Objects.requireNonNull(a, "a");
        Objects.requireNonNull(b, "b");
        silentWays.remove(new Way(a, b));
        silentWays.remove(new Way(b, a));
        releaseHeldBack();
    }

    /** Undoes every {@link #partition}, {@link #silence} and {@link #isolate}. */
    public void healAll() {
        silentWays.clear();
        isolated.clear();
        releaseHeldBack();
    }

    boolean isSilent(Host from, Host to) {
        return (!isolated.isEmpty() && (isolated.contains(from) || isolated.contains(to)))
                || (!silentWays.isEmpty() && silentWays.contains(new Way(from, to)));
    }

    void holdBack(Pipe pipe) {
        heldBack.add(pipe);
    }

    private void releaseHeldBack() {
        List<Pipe> waiting = List.copyOf(heldBack);
        heldBack.clear();
        waiting.forEach(Pipe::retransmit);
    }

    InetSocketAddress newAddress(Host host) {
        nextPort = nextPort == 65_535 ? FIRST_PORT : nextPort + 1;
        return new InetSocketAddress(host.inetAddress(), nextPort);
    }

    boolean bind(SimListener listener) {
        return listeners.putIfAbsent(listener.localAddress(), listener) == null;
    }

    void unbind(SimListener listener) {
        listeners.remove(listener.localAddress(), listener);
    }

    void unbindAll(SimTransport transport) {
        List<SimListener> bound = listeners.values().stream()
                .filter(listener -> listener.transport() == transport)
                .toList();
        bound.forEach(SimListener::unbind);
    }

    /** A handshake of TCP: the kernels do it, so a stopped process accepts too. */
    void connect(SimConnect connect) {
        Host client = connect.transport().host();
        SimListener listener = listeners.get(connect.remote());
        Host server = hostOf(connect.remote());
        if (server == null || server.isOff() || isSilent(client, server) || isSilent(server, client)) {
            after(connect.transport().options().connectTimeout(), () -> connect.fail("timed out"));
            return;
        }
        LinkSettings link = settings(client, server);
        long roundTripNs =
                2 * link.latency().toNanos() + random.nextLong(2 * link.jitter().toNanos() + 1);
        if (listener == null || client.refusesConnects() || server.refusesConnects()) {
            at(nowNs + roundTripNs, () -> connect.fail("refused"));
        } else {
            at(nowNs + roundTripNs, () -> establish(listener, connect));
        }
    }

    private @Nullable Host hostOf(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        int number = (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
        return bytes[0] == 10 && number < hosts.size() ? hosts.get(number) : null;
    }

    private void establish(SimListener listener, SimConnect connect) {
        SimTransport from = connect.transport();
        if (connect.isAnswered() || from.isClosed()) {
            return;
        }
        if (listeners.get(listener.localAddress()) != listener) {
            connect.fail("refused");
            return;
        }
        InetSocketAddress here = newAddress(from.host());
        SimConnection near = new SimConnection(this, from, connect.loop(), listener.localAddress());
        SimConnection far = new SimConnection(
                this, listener.transport(), listener.transport().nextLoop(), here);
        near.joinTo(far);
        listener.arrived(far, here);
        connect.succeed(near);
    }
}
