package dev.heartbeat.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.Channel;
import dev.heartbeat.ChannelCloseReason;
import dev.heartbeat.ChannelListener;
import dev.heartbeat.ChannelOptions;
import dev.heartbeat.ChannelOptions.Delivery;
import dev.heartbeat.ChannelRefusedException;
import dev.heartbeat.HeartbeatClient;
import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Request;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.fake.FakeConnection;
import dev.heartbeat.fake.FakeTransport;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.ChannelReset;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameDecoder;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameHeader;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.Head;
import dev.heartbeat.internal.frame.Payload;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.spi.ConnectionHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A production server or client, registered, on a {@link FakeTransport}; and a {@link NaiveSession}
 * beside it, which must agree with it after every step.
 */
final class ChannelsWorld implements FrameHandler {
    private static final String NODE = "n1";
    private static final Duration LONG = Duration.ofHours(1);
    private static final int MANY = 100_000;
    private static final long MUCH = 1L << 40;
    private static final int MAX_MESSAGE = 40_000;

    /**
     * The answers to one frame beyond four times its length: the error of the connection, and
     * credit.
     */
    private static final long SAID_UNASKED = 2_000;

    private final boolean isClient;
    private final int window;
    private final long memory;
    private final FakeTransport transport = new FakeTransport();
    private final FakeConnection connection;
    private final ConnectionHandler handler;
    private final NaiveSession naive;
    private final Subject subject;
    /** In the order in which the application came to know them; of channel 0 first. */
    private final List<Ear> ears = new ArrayList<>();

    private final FrameDecoder decoder = new FrameDecoder();

    private boolean resting;
    private boolean full;
    private boolean alive = true;
    private String connectionError = "";
    private long bytesIn;
    private long bytesOut;
    private long bytesSent;

    /** The production code. */
    private interface Subject {
        SendResult trySend(ByteBuffer message);

        CompletableFuture<ByteBuffer> request(ByteBuffer message);

        Channel open(String name, ChannelOptions options, ChannelListener listener);

        long freeMemory();

        long unmatchedReplies();

        long channels();
    }

    /**
     * @param beyond how much larger than they must be the windows are
     * @param memory beyond the first window
     * @param limit how far it may send at first
     */
    ChannelsWorld(boolean isClient, int maxChannels, int beyond, long memory, long limit) {
        this.isClient = isClient;
        this.memory = memory;
        window = NaiveCredit.FULL_FRAME + beyond;
        naive = new NaiveSession(isClient, maxChannels, MAX_MESSAGE, window, memory, limit);
        ears.add(new Ear());
        subject = isClient ? client() : server(maxChannels);
        transport.run();
        connection = transport.open();
        handler = connection.handler();
        transport.run();
        byte[] registration = isClient
                ? Frames.registered(1, 1000, MAX_MESSAGE, maxChannels, limit, 1)
                : Frames.register(0, NODE, 1, 1, limit, 0);
        onLoop(() -> handler.onRead(ByteBuffer.wrap(registration)));
        connection.readOff();
    }

    private ChannelOptions options(Delivery delivery) {
        return ChannelOptions.builder()
                .windowBytes(window)
                .maxWindowBytes(window)
                .queueMessages(MANY)
                .queueBytes(MUCH)
                .delivery(delivery)
                .build();
    }

    private static Delivery delivery(String name) {
        Delivery delivery = NaiveSession.delivery(name);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private Subject server(int maxChannels) {
        HeartbeatServer.Builder builder = HeartbeatServer.builder()
                .port(0)
                .transport(transport)
                .maxChannels(maxChannels)
                .maxMessageBytes(MAX_MESSAGE)
                .windowBytes(window)
                .maxWindowBytes(window)
                .inboundBudgetBytes(memory)
                .channelQueueMessages(MANY)
                .channelQueueBytes(MUCH)
                .onMessage((from, message) -> ears.get(0).hear("message", message))
                .onRequest((from, request) -> ears.get(0).answer(request));
        for (String name : List.of("a", "i", "p", "r")) {
            builder.channel(name, options(delivery(name)), this::accept);
        }
        HeartbeatServer server = builder.start();
        return new Subject() {
            @Override
            public SendResult trySend(ByteBuffer message) {
                return server.trySend(NODE, message);
            }

            @Override
            public CompletableFuture<ByteBuffer> request(ByteBuffer message) {
                return server.request(NODE, message, LONG);
            }

            @Override
            public Channel open(String name, ChannelOptions options, ChannelListener listener) {
                return server.openChannel(NODE, name, options, listener);
            }

            @Override
            public long freeMemory() {
                return Inside.freeBudget(server);
            }

            @Override
            public long unmatchedReplies() {
                return server.stats().messages().unmatchedReplies();
            }

            @Override
            public long channels() {
                return server.stats().channels().open();
            }
        };
    }

    private Subject client() {
        HeartbeatClient.Builder builder = HeartbeatClient.builder()
                .nodeId(NODE)
                .autoReconnect(false)
                .transport(transport)
                .maxMessageBytes(MAX_MESSAGE)
                .windowBytes(window)
                .maxWindowBytes(window)
                .inboundBudgetBytes(memory)
                .queueMessages(MANY)
                .queueBytes(MUCH)
                .onMessage(message -> ears.get(0).hear("message", message))
                .onRequest(request -> ears.get(0).answer(request));
        for (String name : List.of("a", "i", "p", "r")) {
            builder.channel(name, options(delivery(name)), this::accept);
        }
        HeartbeatClient client = builder.connect();
        return new Subject() {
            @Override
            public SendResult trySend(ByteBuffer message) {
                return client.trySend(message);
            }

            @Override
            public CompletableFuture<ByteBuffer> request(ByteBuffer message) {
                return client.request(message, LONG);
            }

            @Override
            public Channel open(String name, ChannelOptions options, ChannelListener listener) {
                return client.openChannel(name, options, listener);
            }

            @Override
            public long freeMemory() {
                return Inside.freeBudget(client);
            }

            @Override
            public long unmatchedReplies() {
                return client.stats().messages().unmatchedReplies();
            }

            @Override
            public long channels() {
                return client.stats().channels().open();
            }
        };
    }

    // ---- the application

    private ChannelListener accept(Channel channel) throws ChannelRefusedException {
        if (channel.name().equals("r")) {
            throw new ChannelRefusedException("this one is refused");
        }
        Ear ear = new Ear();
        ear.channel = channel;
        ear.told.add("offered");
        ears.add(ear);
        return ear;
    }

    /** Writes down each call, and answers each request. */
    private static final class Ear implements ChannelListener {
        private final List<String> told = new ArrayList<>();
        private final Map<Long, String> asked = new HashMap<>();
        private final List<CompletableFuture<ByteBuffer>> requests = new ArrayList<>();
        private @Nullable Channel channel;

        void hear(String what, ByteBuffer message) {
            told.add(what + " " + NaiveEnd.Sent.text(message));
        }

        void answer(Request request) {
            hear("request", request.content());
            ByteBuffer content = request.content();
            SendResult unused = request.reply(ByteBuffer.allocate(content.remaining())
                    .put(content.duplicate())
                    .flip());
        }

        void asks(CompletableFuture<ByteBuffer> request) {
            requests.add(request);
            long correlation = requests.size();
            CompletableFuture<?> unused = request.whenComplete((reply, failure) -> asked.putIfAbsent(
                    correlation,
                    reply != null
                            ? "reply " + NaiveEnd.Sent.text(reply)
                            : failure instanceof CancellationException ? "cancelled" : "failed"));
        }

        @Override
        public void onOpened(Channel opened) {
            told.add("opened");
        }

        @Override
        public void onMessage(Channel from, ByteBuffer message) {
            hear("message", message);
        }

        @Override
        public void onRequest(Channel from, Request request) {
            answer(request);
        }

        @Override
        public void onWritable(Channel writable) {
            throw new AssertionError("it was never FULL");
        }

        @Override
        public void onUndelivered(Channel from, ByteBuffer message, Reason reason) {
            hear("undelivered", message);
        }

        @Override
        public void onEnded(Channel ended) {
            told.add("ended");
        }

        @Override
        public void onClosed(Channel closed, ChannelCloseReason reason, String why) {
            told.add("closed " + reason);
        }
    }

    // ---- the other side

    NaiveSession naive() {
        return naive;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isClient() {
        return isClient;
    }

    /** A frame comes that the naive session has had before. */
    void receive(byte[] frame) {
        bytesIn += frame.length;
        onLoop(() -> handler.onRead(ByteBuffer.wrap(frame)));
        settle();
    }

    // ---- what the application does, to the channels it knows

    private int choose(int which) {
        return which % ears.size();
    }

    void open(Delivery delivery) {
        if (ears.size() > MANY) {
            return;
        }
        String name = "o" + ears.size();
        Ear ear = new Ear();
        ears.add(ear);
        ear.channel = subject.open(name, options(delivery), ear);
        transport.runLoop();
        naive.open(name, delivery);
        settle();
    }

    void send(int which, ByteBuffer message) {
        int place = choose(which);
        Channel channel = ears.get(place).channel;
        SendResult result = channel == null ? subject.trySend(message) : channel.trySend(message);
        boolean accepted = naive.send(naive.known().get(place), message);
        assertThat(result).isEqualTo(accepted ? SendResult.ACCEPTED : SendResult.CLOSED);
        bytesSent += 64 + message.remaining();
        settle();
    }

    void ask(int which, ByteBuffer message) {
        int place = choose(which);
        Ear ear = ears.get(place);
        long correlation = ear.requests.size() + 1L;
        naive.ask(naive.known().get(place), message, correlation);
        ear.asks(ear.channel == null ? subject.request(message) : ear.channel.request(message, LONG));
        bytesSent += 64 + message.remaining();
        settle();
    }

    void cancel(int which) {
        int place = choose(which);
        naive.cancel(naive.known().get(place));
        List<CompletableFuture<ByteBuffer>> requests = ears.get(place).requests;
        for (int i = requests.size() - 1; i >= 0; i--) {
            // Requests that a worker is about to complete are as good as done.
            if (!requests.get(i).isDone()
                    && "cancelled".equals(naive.known().get(place).asked.get(i + 1L))) {
                requests.get(i).cancel(false);
            }
        }
        settle();
    }

    void end(int which) {
        int place = choose(which);
        Channel channel = ears.get(place).channel;
        if (channel != null) {
            naive.end(naive.known().get(place));
            channel.end();
            settle();
        }
    }

    void reset(int which) {
        int place = choose(which);
        Channel channel = ears.get(place).channel;
        if (channel != null) {
            naive.reset(naive.known().get(place));
            channel.reset("enough");
            settle();
        }
    }

    void fetch(int which) {
        int place = choose(which);
        Channel channel = ears.get(place).channel;
        NaiveEnd end = naive.known().get(place);
        if (channel != null && !end.pulls.isEmpty()) {
            CompletableFuture<ByteBuffer> message = channel.receiveAsync();
            assertThat(message).as("a message that %s has", end).isCompletedWithValue(naive.fetch(end));
            settle();
        }
    }

    // ---- what happens around them

    void fillOrDrainSocket() {
        full = !full;
        connection.writable(!full);
        naive.writable(!full);
        if (!full) {
            onLoop(handler::onWritable);
        }
        settle();
    }

    void restOrWork() {
        resting = !resting;
        settle();
    }

    private void onLoop(Runnable event) {
        transport.loop().handle(event);
        transport.runLoop();
    }

    private void runTransport() {
        if (resting) {
            transport.runLoop();
        } else {
            transport.run();
        }
    }

    /** Lets both do what they have to, and compares. */
    private void settle() {
        runTransport();
        if (!resting) {
            naive.work();
        }
        readOff();
        if (!resting) {
            naive.work(); // The calls of channels that the written frames closed.
            transport.run();
            readOff();
        }
        compare();
        if (!connectionError.isEmpty()) {
            lose();
        }
    }

    private void compare() {
        assertThat(connectionError).as("error of the connection").isEqualTo(naive.failure());
        if (connectionError.isEmpty()) {
            naive.check();
            assertThat(subject.freeMemory()).as("memory").isEqualTo(naive.freeMemory());
            assertThat(subject.channels()).as("channels").isEqualTo(naive.openToApplications());
        }
        assertThat(subject.unmatchedReplies()).as("replies nobody waits for").isEqualTo(naive.unmatched());
        assertThat(bytesOut).as("bytes written").isLessThanOrEqualTo(4 * bytesIn + bytesSent + SAID_UNASKED);
        assertThat((long) Inside.unsaid(handler)).as("what waits to be said").isLessThanOrEqualTo(naive.mostUnsaid());
        compareTold();
    }

    private void compareTold() {
        assertThat(ears).hasSameSizeAs(naive.known());
        for (int i = 0; i < ears.size(); i++) {
            NaiveEnd end = naive.known().get(i);
            // Each side has its own end of channel 0 after the connection, which other tests check.
            if (i > 0 || alive && connectionError.isEmpty()) {
                assertThat(ears.get(i).told)
                        .as("what the application was told of %s", end)
                        .isEqualTo(end.told);
                assertThat(ears.get(i).asked).as("requests on %s", end).isEqualTo(end.asked);
            }
        }
    }

    /** The connection ends, and everything must come to rest. */
    void lose() {
        if (!alive) {
            return;
        }
        assertThat(connection.isEnded())
                .as("the connection is ended after an error")
                .isEqualTo(!connectionError.isEmpty());
        alive = false;
        resting = false;
        onLoop(() -> handler.onClosed(null));
        transport.run();
        naive.lose();
        naive.work();
        compareTold();
        fetchAll();
        assertThat(subject.channels()).as("channels in the end").isZero();
        assertThat(subject.freeMemory()).as("memory in the end").isEqualTo(memory);
        assertThat(naive.freeMemory()).isEqualTo(memory);
    }

    /** Messages that arrived before the end can still be fetched; then the end is reported. */
    private void fetchAll() {
        for (int i = 1; i < ears.size(); i++) {
            NaiveEnd end = naive.known().get(i);
            Channel channel = ears.get(i).channel;
            if (channel == null || end.delivery != Delivery.PULL) {
                continue;
            }
            while (!end.pulls.isEmpty()) {
                assertThat(channel.receiveAsync()).isCompletedWithValue(naive.fetch(end));
            }
            assertThat(channel.receiveAsync()).isCompletedExceptionally();
        }
    }

    // ---- what it writes

    private void readOff() {
        ByteBuffer written = connection.readOff();
        bytesOut += written.remaining();
        try {
            FrameType.Sender writer = isClient ? FrameType.Sender.CLIENT : FrameType.Sender.SERVER;
            while (written.hasRemaining()) {
                decoder.decode(written, writer, this, BufferPool.NONE);
            }
        } catch (ProtocolException e) {
            throw new AssertionError("what was written does not parse", e);
        }
    }

    @Override
    public void onFrame(@Nullable FrameType type, int flags, int id, ByteBuffer in) throws ProtocolException {
        assertThat(connectionError).as("frames behind the error").isEmpty();
        switch (Objects.requireNonNull(type)) {
            case DATA -> {
                int size = FrameHeader.SIZE + in.remaining();
                readData(id, flags, Head.of(flags, in), size, in);
            }
            case CREDIT -> naive.wroteCredit(id, Payload.ofCredit(in));
            case CHANNEL_OPEN -> {
                ChannelOpen open = ChannelOpen.read(in);
                naive.wroteOpen(id, open.name(), open.credit());
            }
            case CHANNEL_ACCEPT -> naive.wroteAccept(id, ChannelOpen.readAccept(in));
            case CHANNEL_RESET ->
                naive.wroteReset(id, String.valueOf(ChannelReset.read(in).code()));
            case CANCEL ->
                naive.wroteCancel(id, Head.ofCancel(id, in).envelope().correlation());
            case ERROR -> readError(PeerError.read(in));
            default -> throw new AssertionError("nothing else is to be said: " + type);
        }
    }

    @Override
    public void onRefused(int streamId, ProtocolException refusal) {
        throw new AssertionError("what was written is refused", refusal);
    }

    private void readError(PeerError error) {
        if (error.scope() == ErrorCode.Scope.CONNECTION) {
            connectionError = error.codeName();
        } else {
            naive.wroteError(error.codeName());
        }
    }

    private void readData(int channel, int flags, Head head, int size, ByteBuffer bytes) {
        Envelope envelope = head.envelope();
        naive.wroteData(new NaiveEnd.WrittenData(
                channel,
                (flags & 1) != 0,
                (flags & 2) != 0,
                (flags & 4) != 0,
                kind(envelope.kind()),
                envelope.correlation(),
                bytes,
                size));
    }

    /** The number on the wire; 0 for none. */
    private static int kind(Envelope.Kind kind) {
        return switch (kind) {
            case MESSAGE -> 0;
            case REQUEST -> 1;
            case REPLY -> 2;
            case FAILURE -> 3;
        };
    }
}
