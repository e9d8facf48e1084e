package dev.heartbeat.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.HeartbeatException;
import dev.heartbeat.fake.FakeCallbackOrder;
import dev.heartbeat.fake.FakeLoop;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.queue.IncomingMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message goes to one receiver, in order, whatever the receivers do; or it stays. */
final class PullQueueTest {
    private static final long SECOND = 1_000_000_000L;

    private final FakeLoop loop = new FakeLoop();
    private final FakeCallbackOrder line = new FakeCallbackOrder();
    private final PullQueue pulls = new PullQueue(loop, line);
    private final List<Message> messages = new ArrayList<>();
    private final List<CompletableFuture<ByteBuffer>> receivers = new ArrayList<>();
    /** The places of those that wait for a time only. */
    private final Set<Integer> timed = new HashSet<>();

    private void close() {
        pulls.close("over");
        pulls.match();
    }

    private static final class Message extends IncomingMessage {
        private int taken;

        Message(int number) {
            super(ByteBuffer.allocate(Integer.BYTES).putInt(0, number), Envelope.NONE);
        }

        @Override
        public void consumed() {
            taken++;
        }
    }

    private void add() {
        Message message = new Message(messages.size());
        messages.add(message);
        pulls.add(message);
    }

    private CompletableFuture<ByteBuffer> receive() {
        CompletableFuture<ByteBuffer> receiver = pulls.receive(null);
        receivers.add(receiver);
        return receiver;
    }

    private CompletableFuture<ByteBuffer> receive(Duration timeout) {
        CompletableFuture<ByteBuffer> receiver = pulls.receive(timeout);
        timed.add(receivers.size());
        receivers.add(receiver);
        return receiver;
    }

    private void runAll() {
        while (loop.run() > 0 || line.waiting() > 0) {
            line.runOne();
        }
    }

    private static int number(CompletableFuture<ByteBuffer> receiver) {
        return receiver.join().getInt(0);
    }

    @Test
    void aMessageThatWaitsIsGivenAtOnce() {
        add();
        add();
        assertThat(number(receive())).isZero();
        assertThat(number(receive())).isEqualTo(1);
        assertThat(messages).allMatch(message -> message.taken == 1);
    }

    @Test
    void aReceiverThatWaitsIsGivenTheNextInLineWithOtherCalls() {
        CompletableFuture<ByteBuffer> first = receive();
        CompletableFuture<ByteBuffer> second = receive();
        add();
        assertThat(first).isNotDone();
        runAll();
        assertThat(number(first)).isZero();
        assertThat(second).isNotDone();
    }

    @Test
    void nobodyPassesAReceiverThatWaits() {
        CompletableFuture<ByteBuffer> first = receive();
        add();
        CompletableFuture<ByteBuffer> second = receive();
        assertThat(second).isNotDone();
        runAll();
        assertThat(number(first)).isZero();
        add();
        runAll();
        assertThat(number(second)).isEqualTo(1);
    }

    @Test
    void nobodyPassesAMessageThatIsBeingHanded() {
        CompletableFuture<ByteBuffer> first = receive();
        List<CompletableFuture<ByteBuffer>> within = new ArrayList<>();
        CompletableFuture<?> unused = first.thenRun(() -> within.add(receive()));
        add();
        add();
        runAll();
        assertThat(number(first)).isZero();
        assertThat(number(within.get(0))).isEqualTo(1);
    }

    @Test
    void messageOfACancelledReceiveIsForTheNext() {
        CompletableFuture<ByteBuffer> first = receive();
        add();
        first.cancel(false);
        runAll();
        assertThat(messages.get(0).taken).isZero();
        assertThat(number(receive())).isZero();
    }

    @Test
    void afterTheTimeoutNothingIsLost() {
        CompletableFuture<ByteBuffer> first = receive(Duration.ofSeconds(1));
        runAll();
        loop.pass(2 * SECOND);
        add(); // This thread is ahead of the report.
        runAll();
        assertThatThrownBy(first::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(number(receive())).isZero();
    }

    @Test
    void receiverWithAMessageHasNoTimer() {
        receive(Duration.ofSeconds(1));
        runAll();
        assertThat(loop.armed()).isEqualTo(1);
        add();
        runAll();
        assertThat(loop.armed()).isZero();
    }

    @Test
    void messagesBeforeTheEndCanBeReceivedAfterIt() {
        add();
        close();
        runAll();
        assertThat(number(receive())).isZero();
        assertThatThrownBy(receive()::join)
                .hasCauseInstanceOf(HeartbeatException.class)
                .hasMessageContaining("over");
    }

    @Test
    void waitingReceiverFailsAtTheEnd() {
        CompletableFuture<ByteBuffer> receiver = receive(Duration.ofSeconds(1));
        close();
        runAll();
        assertThatThrownBy(receiver::join).hasCauseInstanceOf(HeartbeatException.class);
        assertThat(loop.armed()).isZero();
    }

    @Test
    void aTimeoutThatIsTooLongIsAsLongAsCanBe() {
        CompletableFuture<ByteBuffer> waiting = pulls.receive(Duration.ofSeconds(Long.MAX_VALUE));
        runAll();
        assertThat(waiting).isNotDone();
        add();
        runAll();
        assertThat(number(waiting)).isZero();
    }

    @Test
    void messagesLeftAfterTheEndHoldNoCredit() {
        add();
        close();
        runAll();
        assertThat(messages.get(0).taken).isEqualTo(1);
        assertThat(number(receive())).isZero();
        assertThat(messages.get(0).taken).isEqualTo(1);
    }

    /** The one interrupts the receiver, the other gives it a message, at the same moment. */
    @Test
    void interruptedReceiverHasTheMessageOrLeavesIt() throws Exception {
        ExecutorService others = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 3000; round++) {
                interruptWhileAMessageComes(others);
            }
        } finally {
            others.shutdown();
        }
    }

    private static void interruptWhileAMessageComes(ExecutorService others) throws Exception {
        PullQueue shared = new PullQueue(new FakeLoop(), new FakeCallbackOrder() {
            @Override
            public void call(Runnable callback) {
                callback.run();
            }
        });
        Thread receiver = Thread.currentThread();
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> interrupting = others.submit(() -> {
            start.await();
            receiver.interrupt();
            return null;
        });
        Future<?> giving = others.submit(() -> {
            start.await();
            shared.add(new Message(7));
            return null;
        });
        ByteBuffer message;
        try {
            message = shared.await(null);
        } catch (InterruptedException e) {
            giving.get();
            message = shared.receive(null).getNow(null);
        }
        assertThat(message).as("a message that came").isNotNull();
        // If it was not interrupted yet, it is now, which must not disturb the next round.
        while (!interrupting.isDone()) {
            Thread.onSpinWait();
        }
        boolean unused = Thread.interrupted();
        giving.get();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsLostOrGivenTwiceInAnyOrder(long seed) {
        Random random = new Random(seed);
        boolean closed = false;
        for (int step = 0; step < 5000; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    if (!closed) {
                        add();
                    }
                }
                case 3, 4 -> receive();
                case 5 -> receive(Duration.ofSeconds(random.nextInt(5)));
                case 6 -> {
                    if (!receivers.isEmpty()) {
                        receivers
                                .get(Math.max(0, receivers.size() - 1 - random.nextInt(10)))
                                .cancel(false);
                    }
                }
                case 7 -> loop.pass(random.nextLong(SECOND));
                case 8 -> loop.run();
                case 9 -> {
                    if (step > 4900 && !closed) {
                        closed = true;
                        close();
                    }
                }
                default -> line.runOne();
            }
            if (step % 50 == 0) {
                check(closed);
            }
        }
        close();
        runAll();
        check(true);
        while (!receive().isCompletedExceptionally()) {
            // The rest.
        }
        check(true);
        assertThat(messages).allMatch(message -> message.taken == 1);
        assertThat(receivers).allMatch(CompletableFuture::isDone);
        assertThat(loop.armed()).isZero();
    }

    /** Receivers get the messages in order, and each message is taken once. */
    private void check(boolean closed) {
        int next = 0;
        boolean oneWaits = false;
        for (int place = 0; place < receivers.size(); place++) {
            CompletableFuture<ByteBuffer> receiver = receivers.get(place);
            if (!receiver.isDone()) {
                // A request whose time is over may wait for its turn to fail.
                oneWaits |= !timed.contains(place);
            } else if (!receiver.isCompletedExceptionally()) {
                assertThat(oneWaits).as("one that came later was served before").isFalse();
                assertThat(number(receiver)).isEqualTo(next);
                assertThat(messages.get(next).taken).isEqualTo(1);
                next++;
            }
        }
        for (Message message : messages.subList(next, messages.size())) {
            assertThat(message.taken).isEqualTo(closed ? 1 : 0); // After the end nothing is held.
        }
    }
}
