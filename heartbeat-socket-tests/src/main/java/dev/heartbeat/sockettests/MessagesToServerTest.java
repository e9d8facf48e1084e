package dev.heartbeat.sockettests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages that a peer sends in every way the protocol allows, and the credit it is given for them.
 */
final class MessagesToServerTest {
    private static final int SMALLEST_WINDOW = 16_396;

    private static CreditedPeer register(LocalBus bus, String id) throws IOException {
        RawPeer peer = bus.connect();
        return new CreditedPeer(peer, peer.register(id));
    }

    @Test
    @Tag("M35")
    @Tag("M39")
    void messagesMayBeCutAnywhereAndArriveWholeAndInOrder() throws IOException {
        try (LocalBus bus = new LocalBus();
                RawPeer peer = bus.connect("n1")) {
            peer.send(
                    Frame.data("one"),
                    Frame.data(""),
                    Frame.firstFragment(3, "t"),
                    Frame.data("w").withFlags(Frame.MORE),
                    Frame.ping("between"),
                    Frame.data("o"),
                    // The last fragment may be empty.
                    Frame.firstFragment(5, "three"),
                    Frame.data(""),
                    // A single frame may state its total, or have an empty HEAD.
                    Frame.firstFragment(4, "four").withFlags(Frame.HEAD),
                    Frame.of(Frame.DATA, 0, "0000" + Frame.hex("five")).withFlags(Frame.HEAD),
                    Frame.firstFragment(0, "").withFlags(Frame.HEAD),
                    Frame.data("six"));
            bus.told.await("n1 message six");
            assertThat(bus.told.of("n1"))
                    .containsExactly(
                            "ONLINE",
                            "message one",
                            "message ",
                            "message two",
                            "message three",
                            "message four",
                            "message five",
                            "message ",
                            "message six");
            peer.send(Frame.ping(""));
            peer.next(Frame.PONG);
            assertThat(bus.server.stats().messages().received()).isEqualTo(8);
        }
    }

    @Test
    @Tag("M26")
    @Tag("M36")
    void messageThatIsTooLargeIsDroppedAndTheNextOneTaken() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxMessageBytes(100_000));
                CreditedPeer peer = register(bus, "n1")) {
            peer.sendFragmented("x".repeat(100_001), 10_000);
            peer.sendFragmented("y".repeat(100_000), 10_000);
            bus.told.await("n1 message of 100000");
            assertThat(peer.others).extracting(ErrorCodes::of).containsExactly("MESSAGE_TOO_LARGE channel");
            assertThat(bus.told.of("n1")).containsExactly("ONLINE", "message of 100000");
        }
    }

    @Test
    @Tag("M36")
    void messageForWhichThereIsNoMemoryIsDroppedAndTheNextOneTaken() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.inboundBudgetBytes(50_000));
                CreditedPeer peer = register(bus, "n1")) {
            peer.sendFragmented("x".repeat(50_001), 10_000);
            peer.sendFragmented("y".repeat(50_000), 10_000);
            bus.told.await("n1 message of 50000");
            assertThat(peer.others).extracting(ErrorCodes::of).containsExactly("NO_CAPACITY channel");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "too large, MESSAGE_TOO_LARGE, 101, 060004 00000065",
    })
    @Tag("M35")
    @Tag("M36")
    void fragmentsOfADroppedMessageMustAddUpToo(String why, String code, int total, String head) throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.maxMessageBytes(100));
                RawPeer peer = bus.connect("n1")) {
            String tlvs = head.replace(" ", "");
            Frame first = Frame.of(Frame.DATA, 0, Frame.u16(tlvs.length() / 2) + tlvs + Frame.hex("abc"))
                    .withFlags(Frame.MORE | Frame.HEAD);
            peer.send(first, Frame.data("d".repeat(total - 3)), first, Frame.data("d".repeat(total - 4)));
            List<Frame> answers = peer.untilEnd();
            answers.removeIf(answer -> answer.type() == Frame.CREDIT);
            assertThat(answers)
                    .as(why)
                    .extracting(ErrorCodes::of)
                    .containsExactly(code + " channel", code + " channel", "MALFORMED connection");
        }
    }

    @Test
    @Tag("M37")
    @Tag("M45")
    void droppedDataCountsAsTakenOnArrival() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(SMALLEST_WINDOW));
                RawPeer peer = bus.connect("n1")) {
            bus.application.block("n1");
            peer.send(Frame.of(Frame.DATA, 5, "00".repeat(1000)));
            Frame credit = peer.next(Frame.CREDIT);
            assertThat(credit).isEqualTo(Frame.credit(Frame.CONNECTION, SMALLEST_WINDOW + 1012));
            peer.next().isReset(5, 40);
        }
    }

    @Test
    @Tag("M43")
    void creditComesWhenHalfTheWindowWasTaken() throws IOException {
        int window = 100_000;
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(window));
                RawPeer peer = bus.connect("n1")) {
            int size = 10_000;
            for (int i = 0; i < 5; i++) {
                peer.send(Frame.data("x".repeat(size - Frame.HEADER)));
            }
            assertThat(peer.next()).isEqualTo(Frame.credit(0, window + 5 * size));
            assertThat(peer.next()).isEqualTo(Frame.credit(Frame.CONNECTION, window + 5 * size));
        }
    }

    @Test
    @Tag("M43")
    void creditComesAtOnceWhereNoFullFrameFitsAnyMore() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(SMALLEST_WINDOW));
                CreditedPeer peer = register(bus, "n1")) {
            for (int i = 0; i < 100; i++) {
                peer.send(Frame.data("x".repeat(i)));
                peer.awaitRoom(SMALLEST_WINDOW);
            }
            assertThat(peer.limit()).isEqualTo(peer.sent() + SMALLEST_WINDOW);
        }
    }

    @Test
    @Tag("M43")
    void noCreditComesForWhatTheApplicationHasNotTaken() throws IOException {
        try (LocalBus bus = new LocalBus(options -> options.windowBytes(SMALLEST_WINDOW));
                RawPeer peer = bus.connect("n1")) {
            bus.application.block("n1");
            peer.send(Frame.data("x".repeat(10_000)), Frame.ping("no credit?"));
            assertThat(peer.next()).isEqualTo(Frame.pong("no credit?"));
            bus.application.unblock("n1");
            assertThat(peer.next()).isEqualTo(Frame.credit(0, SMALLEST_WINDOW + 10_012));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 1000, 16_000})
    @Tag("M44")
    void messageThatHasBegunCanBeSentToItsEndWhateverTheApplicationHolds(int fragment) throws IOException {
        int total = fragment * 40 + 3;
        try (LocalBus bus = new LocalBus(
                        options -> options.windowBytes(SMALLEST_WINDOW).maxWindowBytes(SMALLEST_WINDOW));
                CreditedPeer peer = register(bus, "n1")) {
            bus.application.block("n1");
            peer.send(Frame.data("h".repeat(SMALLEST_WINDOW - fragment - 100)));
            String message = "m".repeat(total);
            // None of it is taken, and yet it can all be sent.
            peer.sendFragmented(message, fragment);
            peer.peer.send(Frame.ping("complete"));
            peer.next(Frame.PONG);
            bus.application.unblock("n1");
            bus.told.await("n1 message " + (total > 40 ? "of " + total : message));

            // Credit given ahead is not given again: in the end the window is as wide as in the
            // beginning.
            assertThat(peer.limit() - peer.sent()).isLessThanOrEqualTo(2 * SMALLEST_WINDOW);
            for (int i = 0; i < 10; i++) {
                peer.send(Frame.data("x".repeat(3000)));
            }
            peer.awaitRoom(SMALLEST_WINDOW);
            assertThat(peer.limit()).isEqualTo(peer.sent() + SMALLEST_WINDOW);
        }
    }
}
