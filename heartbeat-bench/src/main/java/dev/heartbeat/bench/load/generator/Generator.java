package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.process.Orders;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The process that the load comes from. One thread, and as little as possible for each heartbeat,
 * so that the server is what is measured.
 */
public final class Generator {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NO_END = Long.MAX_VALUE / 2;

    private @Nullable Connected connected;

    /** Those of the servers with TLS, by port. */
    private final Map<Integer, Encryption> encryptions = new HashMap<>();

    /** The attempt to connect; a node that comes back says a greater one than before. */
    private int attempt;

    private Generator() {}

    /** The connections there are. */
    private record Connected(Links links, Inbox inbox, int answerEvery, long server) {}

    /** Obeys its orders. */
    public static void main(String[] args) {
        Generator generator = new Generator();
        Orders.obey(generator::answer);
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            case "connect" -> connect(words).toLine();
            case "closed" ->
                closed(
                                Integer.parseInt(words[1]),
                                Integer.parseInt(words[2]),
                                Long.parseLong(words[3]) * NANOS_PER_MILLI,
                                Long.parseLong(words[4]) * NANOS_PER_MILLI)
                        .toLine();
            case "open" ->
                open(
                                Double.parseDouble(words[1]),
                                Long.parseLong(words[2]) * NANOS_PER_MILLI,
                                Long.parseLong(words[3]) * NANOS_PER_MILLI)
                        .toLine();
            case "reset" -> {
                reset();
                yield "reset";
            }
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    /** Registers nodes, the same as ever, after the connections that there were are reset. */
    private Turn connect(String[] words) throws IOException {
        InetSocketAddress address = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
        long server = Long.parseLong(words[3]);
        Replies replies = Replies.valueOf(words[4]);
        int answerEvery = Integer.parseInt(words[5]);
        int count = Integer.parseInt(words[6]);
        int atOnce = Integer.parseInt(words[7]);
        Sessions sessions = Sessions.valueOf(words[8]);
        long beatNanos = Long.parseLong(words[9]) * NANOS_PER_MILLI;
        boolean hadSessions = encryptions.containsKey(address.getPort());
        Encryption encryption = sessions == Sessions.PLAIN
                ? null
                : encryptions.computeIfAbsent(address.getPort(), port -> new Encryption(sessions));
        Recorder recorder = new Recorder(Clock.nanos(), NO_END, server);
        recorder.look(Clock.nanos());
        reset();
        Links links = new Links(address, "node-", ++attempt, encryption);
        Inbox inbox = new Inbox(replies, answerEvery);
        connected = new Connected(links, inbox, answerEvery, server);
        if (encryption != null) {
            encryption.begin();
        }
        new Registering(links, inbox, recorder, beatNanos).run(count, atOnce);
        if (encryption != null) {
            encryption.requireKind(count, hadSessions);
        }
        return recorder.turn();
    }

    private Turn closed(int inFlight, int perWrite, long warmUp, long measured) throws IOException {
        Connected to = connected();
        Recorder recorder = new Recorder(Clock.nanos() + warmUp, measured, to.server);
        new ClosedLoop(to.links, to.inbox, recorder, inFlight, perWrite).run();
        return recorder.turn();
    }

    private Turn open(double perSecond, long warmUp, long measured) throws IOException {
        Connected to = connected();
        Recorder recorder = new Recorder(Clock.nanos() + warmUp, measured, to.server);
        new OpenLoop(to.links, to.inbox, recorder, perSecond, to.answerEvery).run();
        return recorder.turn();
    }

    private Connected connected() {
        if (connected == null) {
            throw new IllegalStateException("nothing is connected");
        }
        return connected;
    }

    private void reset() throws IOException {
        if (connected != null) {
            connected.links.close();
            connected = null;
        }
    }
}
