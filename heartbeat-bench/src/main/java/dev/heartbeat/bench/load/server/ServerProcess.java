package dev.heartbeat.bench.load.server;

import com.sun.management.ThreadMXBean;
import dev.heartbeat.bench.process.Orders;
import dev.heartbeat.bench.process.OwnMemory;
import dev.heartbeat.spi.TransportProvider;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.ToLongFunction;

/**
 * The process of a server that is written in Java. Its arguments are {@link Terms#words}, {@link
 * Endpoint#words}, the kind of server, and what that wants to know.
 */
public final class ServerProcess {
    /** Heartbeat; the name of a transport follows. */
    public static final String BUS = "bus";

    /** {@link NettyServer}. */
    public static final String NETTY = "netty";

    /** {@link EchoServer}. */
    public static final String ECHO = "echo";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final LoadedServer server;

    private ServerProcess(LoadedServer server) {
        this.server = server;
    }

    /** Starts the server that the arguments name, and obeys its orders. */
    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        Terms terms = Terms.parse(words);
        Endpoint endpoint = Endpoint.parse(words.subList(Terms.WORDS, words.size()));
        ServerProcess process =
                new ServerProcess(server(terms, endpoint, words.subList(Terms.WORDS + Endpoint.WORDS, words.size())));
        Orders.obey(process::answer);
    }

    /** Whether there is a transport of this name that works here. */
    public static boolean hasTransport(String name) {
        return transport(name).isPresent();
    }

    static Optional<TransportProvider> transport(String name) {
        return ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(name) && provider.isAvailable())
                .findFirst();
    }

    private static LoadedServer server(Terms terms, Endpoint endpoint, List<String> kind) throws IOException {
        return switch (kind.get(0)) {
            case BUS -> new BusServer(transport(kind.get(1)).orElseThrow(), terms, endpoint);
            case NETTY -> new NettyServer(terms, endpoint);
            case ECHO -> endpoint.isTls() ? new TlsEchoServer(endpoint.engine()) : new EchoServer();
            default -> throw new IllegalArgumentException(kind.toString());
        };
    }

    private String answer(String[] words) {
        return switch (words[0]) {
            case "port" -> String.valueOf(server.port());
            case "memory" -> OwnMemory.heapAfterCollection() + " " + OwnMemory.direct();
            case "state" -> state().toLine();
            case "connections" -> server.open() + refusals();
            case "lag" -> String.valueOf(server.lagNanos());
            case "garbage" -> {
                GarbageMaker.start(Duration.ofMillis(Long.parseLong(words[1])));
                yield "begun";
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    private String refusals() {
        StringBuilder words = new StringBuilder();
        server.refusals()
                .forEach((reason, times) ->
                        words.append(' ').append(reason).append('=').append(times));
        return words.toString();
    }

    private State state() {
        return new State(
                server.suspect(),
                server.offline(),
                Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                        .filter(bytes -> bytes > 0)
                        .sum(),
                collections(GarbageCollectorMXBean::getCollectionCount),
                collections(GarbageCollectorMXBean::getCollectionTime));
    }

    private static long collections(ToLongFunction<GarbageCollectorMXBean> number) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(number)
                .sum();
    }
}
