package dev.heartbeat.bench.load.generator;

import dev.heartbeat.bench.wire.BareTls;
import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All connections of the load to one server. */
final class Links implements AutoCloseable {
    /** For so long nothing at all may come while something is awaited. */
    static final long PATIENCE_NANOS = 5_000_000_000L;

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final long INCARNATION = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private static final long CREDIT = 1L << 40;

    private final Selector selector = Selector.open();
    private final List<Link> links = new ArrayList<>();
    private final InetSocketAddress server;
    private final String prefix;
    private final int attempt;
    private final @Nullable Encryption encryption;
    private long heardAt;

    /**
     * @param prefix of the ids of its nodes
     * @param attempt the how many-th connection of each node it is
     * @param encryption of each connection; null for none
     */
    Links(InetSocketAddress server, String prefix, int attempt, @Nullable Encryption encryption) throws IOException {
        this.server = server;
        this.prefix = prefix;
        this.attempt = attempt;
        this.encryption = encryption;
    }

    List<Link> all() {
        return links;
    }

    /** Connects, and asks to be registered. */
    void begin() throws IOException {
        Link link = new Link(links.size(), SocketChannel.open(), Clock.nanos());
        links.add(link);
        try {
            connect(link.socket);
        } catch (IOException e) {
            String reason = server.isUnresolved() ? "unknown host" : e.getMessage();
            throw new LoadException(
                    "cannot connect to " + server.getHostString() + ":" + server.getPort() + ": " + reason);
        }
        link.socket.register(selector, SelectionKey.OP_READ, link);
        ByteBuffer register = Frames.register(prefix + (link.index + 1), INCARNATION, attempt, CREDIT);
        if (encryption == null) {
            link.write(register);
        } else {
            BareTls tls = encryption.newClient(link);
            link.tls = tls;
            link.greeting = register;
            tls.begin(link.socket);
        }
    }

    private void connect(SocketChannel socket) throws IOException {
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // A reset in the end: else the kernel keeps the port of every connection that ever was for
        // a minute.
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        if (links.size() == 1) {
            heardAt = Clock.nanos();
            // A server that is far away, or nowhere, would be waited for longer than anybody wants
            // to.
            socket.socket().connect(server, (int) (PATIENCE_NANOS / NANOS_PER_MILLI));
        } else {
            socket.connect(server);
        }
        socket.configureBlocking(false);
    }

    /** Handles a connection on which something came. */
    interface OnReadable {
        void read(Link link) throws IOException;
    }

    /** For {@link #poll}, made once for many calls. */
    static Consumer<SelectionKey> each(OnReadable then) {
        return key -> {
            try {
                then.read((Link) key.attachment());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /**
     * Does that with each connection on which something came, after waiting for the first at most
     * so long; 0: not at all.
     */
    void poll(long millis, Consumer<SelectionKey> each) throws IOException {
        try {
            int ready = millis == 0 ? selector.selectNow(each) : selector.select(each, millis);
            if (ready > 0) {
                heardAt = Clock.nanos();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Something is awaited from now on. */
    void beginToWait() {
        heardAt = Clock.nanos();
    }

    void requireLife(String toWhat) throws LoadException {
        if (Clock.nanos() - heardAt > PATIENCE_NANOS) {
            throw new LoadException("no answer within " + PATIENCE_NANOS / 1_000_000_000 + " s to " + toWhat);
        }
    }

    /** Resets all connections. */
    @Override
    public void close() throws IOException {
        for (Link link : links) {
            link.socket.close();
            if (encryption != null && link.tls != null) {
                encryption.release(link.tls);
            }
        }
        selector.close();
    }
}
