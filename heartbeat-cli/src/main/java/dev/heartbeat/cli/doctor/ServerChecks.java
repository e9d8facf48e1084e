package dev.heartbeat.cli.doctor;

import static dev.heartbeat.cli.doctor.Amount.millis;

import dev.heartbeat.ClientListener;
import dev.heartbeat.HeartbeatClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client does with a server, step by step: name, connection, TLS, registration, heartbeat.
 * The first step that fails is the last.
 */
public final class ServerChecks {
    private static final Duration SLOW = Duration.ofSeconds(1);
    private static final Duration GOODBYE = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofDays(14);

    private final String host;
    private final int port;
    private final @Nullable String tlsName;
    private final Duration wait;
    private final Supplier<HeartbeatClient.Builder> client;

    /**
     * @param tlsName the name to ask for in a TLS handshake; null without TLS
     * @param wait the longest that a step may take
     * @param client a client of this server, with all but its listener
     */
    public ServerChecks(
            String host, int port, @Nullable String tlsName, Duration wait, Supplier<HeartbeatClient.Builder> client) {
        this.host = host;
        this.port = port;
        this.tlsName = tlsName;
        this.wait = wait;
        this.client = client;
    }

    /** Goes the steps, and hands over what it found by each. */
    public void run(Consumer<Finding> out) throws InterruptedException {
        InetAddress[] addresses = name(out);
        if (addresses.length == 0) {
            return;
        }
        InetAddress open = connect(addresses, out);
        if (open != null && (tlsName == null || handshake(open, tlsName, out))) {
            register(out);
        }
    }

    private InetAddress[] name(Consumer<Finding> out) throws InterruptedException {
        long start = System.nanoTime();
        try {
            InetAddress[] found = Bounded.within(wait, () -> InetAddress.getAllByName(host));
            Duration took = since(start);
            String seen = host + " is " + String.join(", ", texts(found)) + ", found in " + millis(took);
            out.accept(
                    took.compareTo(SLOW) > 0
                            ? Finding.warn(
                                    "name",
                                    seen,
                                    "a client looks the name up before each attempt",
                                    "a resolver that is near, or that remembers (systemd-resolved, nscd)")
                            : Finding.ok("name", seen, "a client tries them in this order"));
            return found;
        } catch (TimeoutException e) {
            out.accept(unknown("no answer within " + millis(wait)));
        } catch (ExecutionException e) {
            out.accept(unknown(reason(e)));
        }
        return new InetAddress[0];
    }

    private Finding unknown(String seen) {
        return Finding.fail(
                "name",
                host + ": " + seen,
                "a client cannot find the server, and tries again after its backoff",
                "the name's spelling, /etc/hosts, or the name server: getent hosts " + host);
    }

    /** The address that took a connection first; null if none did. */
    private @Nullable InetAddress connect(InetAddress[] addresses, Consumer<Finding> out) throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (InetAddress address : addresses) {
            long start = System.nanoTime();
            try {
                Bounded.within(wait.plus(SLOW), () -> {
                    open(address).close();
                    return true;
                });
                Duration took = since(start);
                String seen = "connected to " + at(address) + " in " + millis(took);
                out.accept(
                        failures.isEmpty()
                                ? Finding.ok("connect", seen, "that is about a round trip of the network")
                                : Finding.warn(
                                        "connect",
                                        seen + ", but not to " + String.join(", ", failures),
                                        "a client tries the addresses in turn, and comes later by it",
                                        "the addresses of the name, where the server does not listen on all of them"));
                return address;
            } catch (TimeoutException e) {
                failures.add(at(address) + " (no answer)");
            } catch (ExecutionException e) {
                failures.add(at(address) + " (" + reason(e) + ")");
            }
        }
        out.accept(Finding.fail(
                "connect",
                "no connection to " + String.join(", ", failures),
                "refused means that nothing listens there, or that the backlog is full; no answer means that a firewall"
                        + " drops the packets, or that the machine is gone",
                "ss -ltn on the server's machine, the server's --host and --port, and the firewall"));
        return null;
    }

    private Socket open(InetAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            int millis = (int) Math.max(1, wait.toMillis());
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(address, port), millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private boolean handshake(InetAddress address, String name, Consumer<Finding> out) throws InterruptedException {
        long start = System.nanoTime();
        Socket[] socket = new Socket[1];
        try {
            Handshake seen = Bounded.within(wait.plus(SLOW), () -> handshake(socket, address, name));
            String facts = seen.words() + ", in " + millis(since(start)) + "; the certificate of " + seen.subject();
            out.accept(judge(facts, seen.begin(), seen.end(), Instant.now()));
            return true;
        } catch (TimeoutException e) {
            out.accept(noHandshake("no answer within " + millis(since(start))));
        } catch (ExecutionException e) {
            out.accept(noHandshake(reason(e)));
        } finally {
            close(socket[0]);
        }
        return false;
    }

    private Handshake handshake(Socket[] opened, InetAddress address, String name)
            throws IOException, GeneralSecurityException {
        opened[0] = open(address);
        return Handshake.over(opened[0], name, port);
    }

    private Finding noHandshake(String why) {
        return Finding.fail(
                "tls",
                "no handshake with " + host + ":" + port + ": " + why,
                "the server does not speak TLS there, is too busy for it, or has no suite in common",
                "a try without --tls, the server's --tls-cert, and the log of the server");
    }

    /** Of a certificate that is shown at this moment. */
    static Finding judge(String facts, Instant begin, Instant end, Instant now) {
        if (now.isAfter(end) || now.isBefore(begin)) {
            return Finding.fail(
                    "tls",
                    facts + " is valid from " + begin + " to " + end + ", and now is " + now,
                    "no client connects that verifies",
                    "a new certificate, which a server reads without a restart; or the clock of this machine");
        }
        String seen = facts + " ends in " + Duration.between(now, end).toDays() + " days";
        if (Duration.between(now, end).compareTo(SOON) < 0) {
            return Finding.warn(
                    "tls",
                    seen,
                    "from then on no client connects that verifies",
                    "a new certificate, which a server reads without a restart");
        }
        return Finding.ok("tls", seen, "the registration verifies the certificate");
    }

    private void register(Consumer<Finding> out) throws InterruptedException {
        CompletableFuture<Duration> beat = new CompletableFuture<>();
        long start = System.nanoTime();
        HeartbeatClient node;
        try {
            node = start(beat);
        } catch (IllegalArgumentException e) {
            out.accept(notRegistered(String.valueOf(e.getMessage())));
            return;
        }
        try {
            ClientListener.Registered terms =
                    node.registered().get(3 * wait.toNanos() + GOODBYE.toNanos(), TimeUnit.NANOSECONDS);
            out.accept(Finding.ok(
                    "register",
                    "registered in " + millis(since(start)) + ", epoch " + terms.epoch(),
                    "heartbeat every " + millis(terms.interval()) + ", OFFLINE after " + millis(terms.timeout())));
            // It leaves at a random moment of the interval.
            out.accept(heartbeat(
                    beat, terms.interval().multipliedBy(11).dividedBy(10).plus(wait)));
        } catch (TimeoutException e) {
            out.accept(notRegistered("no answer within " + millis(since(start))));
        } catch (ExecutionException e) {
            out.accept(notRegistered(reason(e)));
        } finally {
            end(node);
        }
    }

    private HeartbeatClient start(CompletableFuture<Duration> beat) {
        return client.get()
                .transportOptions(options -> options.connectTimeout(wait))
                .handshakeTimeout(wait)
                .autoReconnect(false)
                .listener(new ClientListener() {
                    @Override
                    public void onHeartbeat(Duration rtt) {
                        beat.complete(rtt);
                    }
                })
                .connect();
    }

    private Finding notRegistered(String why) {
        return Finding.fail(
                "register",
                "not registered at " + host + ":" + port + ": " + why,
                "a node cannot join by these options",
                "what the text names; " + (tlsName == null ? "--tls where the server speaks TLS, " : "")
                        + "--token-file and --node-id where the server wants a token, and the log of the server");
    }

    /** Of the first one, which every server answers. */
    static Finding heartbeat(CompletableFuture<Duration> beat, Duration longest) throws InterruptedException {
        String change = "stats().loops() and stats().overload() of the server, and ping for the network";
        try {
            Duration rtt = beat.get(longest.toNanos(), TimeUnit.NANOSECONDS);
            String seen = "answered in " + millis(rtt);
            return rtt.compareTo(SLOW) > 0
                    ? Finding.warn(
                            "heartbeat",
                            seen,
                            "the server or the network is late by this much, and so are verdicts",
                            change)
                    : Finding.ok("heartbeat", seen, "the server sees the node alive");
        } catch (TimeoutException e) {
            return Finding.fail(
                    "heartbeat",
                    "not answered within " + millis(longest),
                    "the connection is lost, or the server is too busy to answer",
                    change);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void end(HeartbeatClient node) throws InterruptedException {
        try {
            node.closeAsync().get(GOODBYE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The process ends, and its connection with it.
        }
    }

    private static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    private String at(InetAddress address) {
        String text = address.getHostAddress();
        return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
    }

    private static List<String> texts(InetAddress... addresses) {
        return Arrays.stream(addresses).map(InetAddress::getHostAddress).toList();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Each text of the causes once, in one line. */
    private static String reason(ExecutionException e) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : ": ").append(message);
            }
        }
        return text.toString().replaceAll("\\p{Cntrl}", " ");
    }
}
