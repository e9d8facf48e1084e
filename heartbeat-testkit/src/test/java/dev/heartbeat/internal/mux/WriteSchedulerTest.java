package dev.heartbeat.internal.mux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.BufferPool;
import dev.heartbeat.internal.frame.ChannelOpen;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.frame.FrameEncoder;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.MessageList;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares by weight, and a turn for everybody. */
final class WriteSchedulerTest {
    private static final long PLENTY = Long.MAX_VALUE / 2;
    /** The bytes of a unit of weight per round. */
    private static final long QUANTUM = 1024;

    private static final byte[] ZEROS = new byte[100_000];

    private final Random random = new Random(1);
    private final UnevenConnection wire = new UnevenConnection(random, Integer.MAX_VALUE, Integer.MAX_VALUE);
    private final Multiplexer mux = new Multiplexer(
            new Host(),
            wire,
            new FrameEncoder(wire),
            new Busy(),
            new RoundRobin(),
            new Multiplexer.Credits(PLENTY, PLENTY, UnevenConnection.FULL_FRAME),
            new Multiplexer.Limits(
                    1,
                    1 << 20,
                    100,
                    100,
                    UnevenConnection.FULL_FRAME,
                    new Multiplexer.Arrival(1, 10_000_000_000L, 1024),
                    1_000_000_000L),
            new InboundBudget(1 << 30));
    private final WriteScheduler scheduler = new WriteScheduler();
    private final List<Busy> busy = new ArrayList<>();

    private static final class Host implements Multiplexer.Host {
        @Override
        public Loop loop() {
            return FakeLoop.still();
        }

        @Override
        public BufferPool spares() {
            return BufferPool.NONE;
        }

        @Override
        public long rttNs() {
            return 0;
        }

        @Override
        public Endpoint onOpen(ChannelOpen open) {
            throw new AssertionError("nothing is opened by the other side");
        }

        @Override
        public void onMessageSent() {}

        @Override
        public void onSignOfLife(int handle) {}

        @Override
        public void pumpSoon() {}
    }

    /** Has messages of one size, as many as it is allowed. */
    private final class Busy implements Endpoint, SharedReceiver, Sender {
        private int left;
        private int size;
        private long written;
        private MuxChannel channel;

        Busy with(int weight) {
            try {
                channel = mux.open("c" + busy.size(), weight, 0, this);
                mux.onAccept(channel.id(), PLENTY);
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
            busy.add(this);
            return this;
        }

        /** Has so many messages to send, and waits for its turn. */
        Busy offers(int messages, int bytes) {
            left += messages;
            size = bytes;
            channel.out.offer(this);
            scheduler.activate(channel);
            return this;
        }

        double share() {
            return (double) written / channel.weight();
        }

        @Override
        public void poll(MessageList to, long room) {
            if (left > 0) {
                left--;
                to.add(new OutgoingMessage(ByteBuffer.wrap(ZEROS, 0, size)));
            }
        }

        @Override
        public boolean hasMore() {
            return left > 0;
        }

        @Override
        public boolean join() {
            return true;
        }

        @Override
        public void dequeued() {}

        @Override
        public Sender sender() {
            return this;
        }

        @Override
        public int handle() {
            return 0;
        }

        @Override
        public int window() {
            return (int) UnevenConnection.FULL_FRAME;
        }

        @Override
        public int maxWindow() {
            return (int) UnevenConnection.FULL_FRAME;
        }

        @Override
        public void onAccepted() {}

        @Override
        public void onSent(OutgoingMessage message) {}

        @Override
        public void undelivered(OutgoingMessage message, Reason reason) {
            throw new AssertionError("nothing ends");
        }

        @Override
        public boolean awaitsReplies() {
            return false;
        }

        @Override
        public void drain() {}

        @Override
        public void onOffered(MuxChannel offered) {}

        @Override
        public boolean takesFrom(int handle, long ordinal) {
            return true;
        }

        @Override
        public void onFragment(int handle) {}

        @Override
        public boolean isInline() {
            return false;
        }

        @Override
        public void onView(Envelope envelope, ByteBuffer message) {}

        @Override
        public void onMessage(int handle, IncomingMessage message) {}

        @Override
        public void onRequestCancelled(int handle, Envelope request) {}

        @Override
        public void onRefusedMessage(ProtocolException refusal) {}

        @Override
        public void onEnd() {}

        @Override
        public void onOver(Ending ending, String text) {}
    }

    /** The next channel writes once. */
    private Busy writeOnce() {
        MuxChannel next = Objects.requireNonNull(scheduler.next());
        long written = next.write(PLENTY);
        next.deficit -= written;
        wire.flush();
        wire.lose(); // Nobody reads it.
        Busy who =
                busy.stream().filter(each -> each.channel == next).findFirst().orElseThrow();
        who.written += written;
        return who;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void bytesAreSharedByWeight(long seed) {
        Random sizes = new Random(seed);
        int[] weights = {1, 2, 16, 16, 100, 255};
        for (int weight : weights) {
            new Busy().with(weight).offers(Integer.MAX_VALUE, sizes.nextInt(3) == 0 ? 16_384 : sizes.nextInt(100_000));
        }
        for (int turn = 1; turn <= 20_000; turn++) {
            writeOnce();
            // Two that always have something had equally many rounds, but for the one under way. Each
            // has used its share of a round, but for a frame.
            for (Busy one : busy) {
                double allowed = 2 * QUANTUM + (double) UnevenConnection.FULL_FRAME / one.channel.weight();
                if (busy.stream().anyMatch(other -> one.share() - other.share() > allowed)) {
                    assertThat(busy)
                            .extracting(Busy::share)
                            .as("shares after %s turns", turn)
                            .isEmpty();
                }
            }
        }
        assertThat(busy).allMatch(each -> each.written > 0);
    }

    @Test
    void nobodyStarves() {
        Busy light = new Busy().with(1).offers(Integer.MAX_VALUE, 16_384);
        for (int i = 0; i < 5; i++) {
            new Busy().with(255).offers(Integer.MAX_VALUE, 16_384);
        }
        // A frame of full size is worth 17 rounds of weight 1.
        long mostBetween = 17 * 5 * (255 * QUANTUM + UnevenConnection.FULL_FRAME);
        long before = 0;
        for (int times = 0; times < 20; ) {
            if (writeOnce() == light) {
                long others = busy.stream().mapToLong(each -> each.written).sum() - light.written;
                assertThat(others - before).isLessThanOrEqualTo(mostBetween);
                before = others;
                times++;
            }
        }
    }

    @Test
    void channelActivatedAgainKeepsItsPlace() {
        Busy first = new Busy().with(16).offers(1, 100);
        Busy second = new Busy().with(16).offers(1, 100);
        scheduler.activate(first.channel);
        scheduler.activate(second.channel);
        scheduler.activate(first.channel);
        assertThat(writeOnce()).isSameAs(first);
        assertThat(writeOnce()).isSameAs(second);
        assertThat(scheduler.next()).isNull();
    }

    @Test
    void returningChannelKeepsItsDebt() {
        Busy always = new Busy().with(160).offers(Integer.MAX_VALUE, 16_384);
        Busy sometimes = new Busy().with(1);
        for (int turn = 0; turn < 2000; turn++) {
            if (!sometimes.hasMore()) {
                sometimes.offers(1, 16_384);
            }
            writeOnce();
        }
        assertThat(sometimes.share()).isLessThanOrEqualTo(always.share() + 2 * QUANTUM + UnevenConnection.FULL_FRAME);
        assertThat(sometimes.written).isPositive();
    }

    @Test
    void unusedShareOfATurnIsNotSaved() {
        Busy idle = new Busy().with(255);
        Busy always = new Busy().with(1).offers(Integer.MAX_VALUE, 16_384);
        for (int i = 0; i < 100; i++) {
            idle.offers(1, 0);
            while (idle.left > 0) {
                writeOnce();
            }
            assertThat(scheduler.next()).isNotNull();
        }
        long before = always.written;
        idle.offers(Integer.MAX_VALUE, 16_384);
        while (always.written == before) {
            writeOnce();
        }
        assertThat(idle.written).isLessThanOrEqualTo(100 * 12 + 17 * (255 * QUANTUM + UnevenConnection.FULL_FRAME));
    }

    @Test
    void unwritableChannelIsNotAsked() {
        assertThat(scheduler.next()).isNull();
        Busy nothing = new Busy().with(16);
        scheduler.activate(nothing.channel);
        assertThat(scheduler.next()).isNull();
        nothing.offers(1, 10);
        assertThat(writeOnce()).isSameAs(nothing);
        assertThat(scheduler.next()).isNull();
    }
}
