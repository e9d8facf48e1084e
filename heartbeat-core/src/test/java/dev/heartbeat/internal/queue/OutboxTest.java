package dev.heartbeat.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutboxTest {
    private final Object holder = new Object();
    private final Outbox outbox = new Outbox(3, 100, 80);

    OutboxTest() {
        outbox.holdBy(holder);
    }

    private SendResult offer(int bytes) {
        return outbox.offer(message(bytes));
    }

    private static OutgoingMessage message(int bytes) {
        return new OutgoingMessage(ByteBuffer.allocate(bytes));
    }

    /** The lengths of what a holder is given that has room for so much. */
    private List<Integer> poll(Object by, long room) {
        MessageList to = new MessageList();
        outbox.poll(by, 0, room, to);
        return lengths(to);
    }

    private static List<Integer> lengths(MessageList chain) {
        List<Integer> lengths = new ArrayList<>();
        chain.drain(message -> lengths.add(message.length()));
        return lengths;
    }

    @Test
    void isBoundedInMessages() {
        assertThat(offer(1)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offer(0)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offer(1)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offer(0)).isEqualTo(SendResult.FULL);
        assertThat(poll(holder, 0)).containsExactly(1);
        assertThat(offer(0)).isEqualTo(SendResult.ACCEPTED);
    }

    @Test
    void isBoundedInBytesAndTakesALargerMessageAlone() {
        Outbox small = new Outbox(10, 50, 80);
        assertThat(small.offer(message(80))).isEqualTo(SendResult.ACCEPTED);
        assertThat(small.offer(message(1))).isEqualTo(SendResult.FULL);
        assertThat(offer(60)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offer(41)).isEqualTo(SendResult.FULL);
        assertThat(offer(40)).isEqualTo(SendResult.ACCEPTED);
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(offer(81)).isEqualTo(SendResult.TOO_LARGE);
    }

    @Test
    void onlyItsHolderTakes() {
        offer(1);
        Object next = new Object();
        outbox.holdBy(next);
        assertThat(poll(holder, 0)).isEmpty();
        assertThat(poll(next, 0)).hasSize(1);
    }

    @Test
    void sealedItGivesItsHolderWhatWaitedAndTheNextOneTheRest() {
        offer(1);
        offer(2);
        outbox.seal();
        assertThat(offer(3)).isEqualTo(SendResult.ACCEPTED);
        assertThat(poll(holder, 0)).containsExactly(1);
        assertThat(outbox.isEmpty()).isFalse();
        assertThat(poll(holder, 0)).containsExactly(2);
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(poll(holder, 0)).isEmpty();
        Object next = new Object();
        outbox.holdBy(next);
        assertThat(outbox.isEmpty()).isFalse();
        assertThat(poll(next, 0)).containsExactly(3);
        assertThat(offer(4)).isEqualTo(SendResult.ACCEPTED);
        assertThat(poll(next, 0)).containsExactly(4);
    }

    @Test
    void closingHandsBackWhatIsLeft() {
        offer(1);
        offer(2);
        poll(holder, 0);
        assertThat(lengths(outbox.close())).containsExactly(2);
        assertThat(offer(1)).isEqualTo(SendResult.CLOSED);
        assertThat(lengths(outbox.close())).isEmpty();
    }

    @Test
    void loweredBoundHandsBackWhatNoLongerFits() {
        offer(10);
        offer(70);
        MessageList tooLong = new MessageList();
        outbox.limitMessages(50, tooLong);
        assertThat(lengths(tooLong)).containsExactly(70);
        assertThat(offer(51)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(offer(50)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offer(40)).isEqualTo(SendResult.ACCEPTED);
    }

    @Test
    void givesAsMuchAsFitsTogetherWithTheFrames() {
        offer(10);
        offer(20);
        offer(30);
        assertThat(poll(holder, 22 + 32)).containsExactly(10, 20);
        assertThat(poll(holder, 41)).containsExactly(30);
    }

    @Test
    void saysOnceThatThereIsRoomAgain() {
        assertThat(outbox.hasRoomAgain()).isFalse();
        offer(1);
        offer(1);
        offer(1);
        assertThat(outbox.hasRoomAgain()).isFalse();
        offer(1);
        poll(holder, 0);
        assertThat(outbox.hasRoomAgain()).isFalse();
        poll(holder, 0);
        assertThat(outbox.hasRoomAgain()).isTrue();
        assertThat(outbox.hasRoomAgain()).isFalse();
    }

    @Test
    void acceptedMessagesCanBeTakenAfterRefusals() {
        offer(1);
        outbox.refuseMore();
        assertThat(offer(2)).isEqualTo(SendResult.CLOSED);
        assertThat(poll(holder, 0)).containsExactly(1);
    }

    private List<Integer> dropped = new ArrayList<>();

    private SendResult offerDropping(int bytes) {
        MessageList oldest = new MessageList();
        SendResult result = outbox.offerDroppingOldest(message(bytes), oldest);
        dropped = lengths(oldest);
        return result;
    }

    @Test
    void oldestMakeRoomInMessagesAndInBytes() {
        offer(1);
        assertThat(offerDropping(2)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).as("there was room").isEmpty();
        offer(3);
        assertThat(offerDropping(4)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(1);
        assertThat(offerDropping(80)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(2);
        assertThat(offerDropping(19)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(3, 4);
        outbox.reported(1);
        outbox.reported(2);
        outbox.reported(3);
        assertThat(offerDropping(75)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(80);
        assertThat(lengths(outbox.close())).containsExactly(19, 75);
        assertThat(offerDropping(1)).isEqualTo(SendResult.CLOSED);
        assertThat(dropped).isEmpty();
    }

    @Test
    void tooLargeMessageDropsNothing() {
        offer(1);
        assertThat(offerDropping(81)).isEqualTo(SendResult.TOO_LARGE);
        assertThat(dropped).isEmpty();
    }

    @Test
    void unreportedDropsAreBoundedInMessages() {
        for (int i = 0; i < 6; i++) {
            assertThat(offerDropping(i)).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(offerDropping(6)).isEqualTo(SendResult.FULL);
        assertThat(dropped).isEmpty();
        outbox.reported(0);
        assertThat(offerDropping(7)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(3);
    }

    @Test
    void unreportedDropsAreBoundedInBytes() {
        offer(60);
        assertThat(offerDropping(70)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offerDropping(80)).isEqualTo(SendResult.ACCEPTED);
        assertThat(offerDropping(50)).as("130 bytes are yet to be told").isEqualTo(SendResult.FULL);
        outbox.reported(60);
        assertThat(offerDropping(50)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(80);
    }

    @Test
    void sealedItLosesOfTheHoldersFirst() {
        offer(1);
        offer(2);
        outbox.seal();
        offer(3);
        assertThat(offerDropping(4)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(1);
        assertThat(poll(holder, 0)).containsExactly(2);
        assertThat(outbox.isEmpty()).as("to its holder").isTrue();
        offer(5);
        assertThat(offerDropping(6)).isEqualTo(SendResult.ACCEPTED);
        assertThat(dropped).containsExactly(3);
        assertThat(outbox.isEmpty()).isTrue();
        Object next = new Object();
        outbox.holdBy(next);
        assertThat(poll(next, 0)).containsExactly(4);
    }
}
