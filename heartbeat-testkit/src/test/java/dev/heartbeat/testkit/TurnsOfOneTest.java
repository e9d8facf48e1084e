package dev.heartbeat.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.ChannelListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection that makes much work makes it over many turns of its loop, and nobody else waits for
 * the end of it.
 */
final class TurnsOfOneTest {
    /** The duration of a turn of the simulation. */
    private static final Duration TURN = Duration.ofNanos(1000);

    /** The bytes of one read. */
    private static final int READ = 64 * 1024;

    private static final int BEHIND_A_GATEWAY = 2000;

    private final Bus bus = new Bus(
            3,
            1,
            options -> options.maxNodesPerConnection(BEHIND_A_GATEWAY)
                    .channel("logs", channel -> new ChannelListener() {}));
    private final ScriptedPeer busy = newPeer();
    private final ScriptedPeer other = newPeer();

    /** Frames that make work, and their number per millisecond. */
    private enum Flood {
        PINGS(10_000) {
            @Override
            String frames(int i) {
                return frame(0x04, 0, "");
            }
        },
        BEATS_FOR_MANY(100) {
            @Override
            String frames(int i) {
                return frame(0x01, 0, u64(i) + u64(0) + "010008" + u32(1) + u32(BEHIND_A_GATEWAY));
            }
        },
        UPDATES(500) {
            @Override
            String frames(int i) {
                return update(i);
            }
        },
        NODES_THAT_COME_AND_GO(500) {
            @Override
            String frames(int i) {
                int handle = BEHIND_A_GATEWAY + 1 + i;
                return frame(0x06, handle, registration("passing", i + 1)) + frame(0x07, handle, "");
            }
        },
        TAKEOVERS(500) {
            @Override
            String frames(int i) {
                int handle = BEHIND_A_GATEWAY + 1 + i;
                // The one before has just been taken over.
                return frame(0x06, handle, registration("contested", i + 1))
                        + (i == 0 ? "" : frame(0x07, handle - 1, ""));
            }
        },
        CHANNELS(500) {
            @Override
            String frames(int i) {
                int channel = 2 * i + 1;
                return frame(0x0a, channel, u64(65_536) + "10 04 6c6f6773") + frame(0x0c, channel, "002c");
            }
        },
        CREDIT(500) {
            @Override
            String frames(int i) {
                return frame(0x0d, 0, u64(100_000 + i));
            }
        },
        CANCELS(500) {
            @Override
            String frames(int i) {
                return frame(0x11, 0, "02000101 030008" + u64(i));
            }
        },
        REFUSALS(500) {
            @Override
            String frames(int i) {
                return frame(0x08, 0, "02002a 840008" + u64(i + 1));
            }
        },
        RESETS_OF_NOTHING(500) {
            @Override
            String frames(int i) {
                return frame(0x0a, 2 * i + 1, u64(65_536) + "10 04 6e6f6e65") + frame(0x0c, 2 * i + 1, "002c");
            }
        },
        SMALL_MESSAGES(5_001) {
            @Override
            String frames(int i) {
                return message(i);
            }
        },
        IGNORED(10_000) {
            @Override
            String frames(int i) {
                return "ab027f80" + u32(0) + u32(0);
            }
        };

        final int perTurn;

        Flood(int perTurn) {
            this.perTurn = perTurn;
        }

        abstract String frames(int i);

        /** As many as one read takes. */
        String oneRead() {
            StringBuilder all = new StringBuilder();
            for (int i = 0; all.length() < 2 * READ; i++) {
                all.append(frames(i).replace(" ", ""));
            }
            return all.toString();
        }
    }

    private static String frame(int type, int stream, String payload) {
        String bytes = payload.replace(" ", "");
        return String.format("ab02%02x00%08x%08x", type, stream, bytes.length() / 2) + bytes;
    }

    private static String registration(String id) {
        return registration(id, 1);
    }

    private static String registration(String id, int incarnation) {
        return u64(incarnation)
                + u32(incarnation)
                + u64(65_536)
                + u64(65_536)
                + String.format("%02x", id.length())
                + hex(id);
    }

    private static String update(int value) {
        String text = Integer.toString(value);
        return frame(0x0f, 0, String.format("01%04x01", 2 + text.length()) + hex("k" + text));
    }

    private static String message(int number) {
        return frame(0x03, 0, hex(Integer.toString(number)));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String u32(int value) {
        return String.format("%08x", value);
    }

    private static String u64(long value) {
        return String.format("%016x", value);
    }

    private ScriptedPeer newPeer() {
        return ScriptedPeer.client(bus.world.newHost("peer").transport(), bus.server.localAddress());
    }

    private void register(ScriptedPeer peer, String id) {
        peer.connect().register(id).expectRegistered();
        play(peer);
        peer.verify();
        peer.ignore("REGISTERED")
                .ignore("HEARTBEAT_RES")
                .ignore("CHANNEL_ACCEPT")
                .ignore("CHANNEL_RESET");
        peer.ignore("CREDIT").ignore("GO_AWAY").ignore("ERROR");
    }

    private void play(ScriptedPeer peer) {
        peer.play();
        bus.advance(Duration.ofMillis(100));
    }

    /** Sends it, and goes on to where the server begins to read it. */
    private void begin(String hex) {
        long before = framesIn();
        busy.raw(hex);
        busy.play();
        bus.world.advanceUntil(() -> framesIn() > before, Duration.ofMillis(100));
    }

    private long framesIn() {
        return bus.server.stats().connections().framesIn();
    }

    private static long framesOf(String hex) {
        ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        long frames = 0;
        while (bytes.hasRemaining()) {
            bytes.position(bytes.position() + 12 + bytes.getInt(bytes.position() + 8));
            frames++;
        }
        return frames;
    }

    private String manyUpdates(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(update(i));
        }
        return all.toString();
    }

    private void speakForMany() {
        for (int i = 1; i <= BEHIND_A_GATEWAY; i++) {
            busy.raw(frame(0x06, i, registration("behind-" + i)));
            if (i % 100 == 0) {
                play(busy);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTurnTakesAShareOfWhatWasRead(Flood flood) {
        register(busy, "busy");
        if (flood == Flood.BEATS_FOR_MANY) {
            speakForMany();
        }
        busy.ignore("PONG");
        String read = flood.oneRead();
        long before = framesIn();
        busy.raw(read);
        busy.play();
        long last = before;
        List<Long> turns = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            bus.advance(TURN);
            if (framesIn() != last) {
                turns.add(framesIn() - last);
            }
            last = framesIn();
        }
        assertThat(turns).allMatch(frames -> frames <= flood.perTurn);
        bus.advance(Duration.ofMillis(1));
        assertThat(framesIn() - before).isEqualTo(framesOf(read));
    }

    @ParameterizedTest
    @EnumSource
    void othersAreHeardInBetween(Flood flood) {
        register(busy, "busy");
        register(other, "other");
        busy.ignore("PONG");
        if (flood == Flood.BEATS_FOR_MANY) {
            speakForMany();
        }
        long before = framesIn();
        busy.raw(flood.oneRead());
        other.raw(message(1));
        busy.play();
        other.play();
        bus.world.advanceUntil(() -> bus.told.of("other").contains("message 1"), Duration.ofMillis(100));
        assertThat(framesIn() - before).isLessThanOrEqualTo(flood.perTurn + 1);
    }

    @Test
    @Tag("M48")
    void allIsHandledInOrder() {
        StringBuilder frames = new StringBuilder();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            frames.append(update(i)).append(message(i));
            messages.add("message " + i);
        }
        register(busy, "busy");
        busy.raw(frames.toString());
        play(busy);
        assertThat(bus.told.of("busy"))
                .filteredOn(what -> what.startsWith("message"))
                .isEqualTo(messages);
        assertThat(bus.server.nodes().find("busy").orElseThrow().metadata()).containsEntry("k", "1499");
    }

    @Test
    void messagesBeforeTheEndAreHandledFirst() {
        register(busy, "busy");
        busy.raw(manyUpdates(3000) + frame(0x07, 0, "")).end().expectEndOfStream();
        play(busy);
        busy.verify();
        assertThat(bus.told.of("busy")).endsWith("updated {k=2999}", "OFFLINE(UNREGISTERED)");
    }

    @Test
    void anEndWithoutAWordIsALoss() {
        register(busy, "busy");
        busy.raw(manyUpdates(3000)).end().expectEndOfStream();
        play(busy);
        busy.verify();
        assertThat(bus.told.of("busy")).endsWith("updated {k=2999}", "SUSPECT(LOST)");
    }

    @Test
    @Tag("M8")
    void framesBehindAFaultAreNotRead() {
        busy.connect().register("busy").expectRegistered();
        play(busy);
        busy.raw(manyUpdates(2000) + "ab0270000000000000000000" + message(1) + manyUpdates(500));
        busy.expectError("UNKNOWN_TYPE").expectEndOfStream();
        busy.play();
        bus.advance(Duration.ofSeconds(3));
        busy.verify();
        assertThat(bus.told.of("busy")).endsWith("updated {k=1999}", "OFFLINE(PROTOCOL_ERROR)");
    }

    @Test
    void aNodeIsSentAwayWhileFramesWait() {
        register(busy, "busy");
        begin(manyUpdates(3000));
        bus.server.kick("busy", "enough");
        bus.advance(TURN.multipliedBy(3));
        long handled = framesIn();
        assertThat(handled).isLessThan(2000);
        bus.advance(Duration.ofSeconds(3));
        assertThat(framesIn()).isEqualTo(handled);
        assertThat(bus.told.of("busy")).endsWith("OFFLINE(KICKED)");
        assertThat(bus.server.stats().connections().open()).isZero();
    }

    @Test
    void theServerClosesWhileFramesWait() {
        register(busy, "busy");
        begin(manyUpdates(3000));
        var closed = bus.server.closeAsync();
        bus.advance(Duration.ofSeconds(15));
        assertThat(closed).isCompleted();
        assertThat(bus.world.escaped()).isEmpty();
    }

    @Test
    void theTransportClosesWhileFramesWait() {
        register(busy, "busy");
        begin(manyUpdates(3000));
        bus.serverHost.transport().closeAsync();
        bus.advance(Duration.ofSeconds(3));
        assertThat(bus.world.escaped()).isEmpty();
    }

    /** More than the loop keeps what is left of. */
    @Test
    void manyAreBusyAtOnce() {
        List<ScriptedPeer> many = new ArrayList<>();
        for (int i = 0; i < 140; i++) {
            ScriptedPeer peer = newPeer();
            peer.connect().register("busy-" + i).expectRegistered();
            peer.play();
            many.add(peer);
        }
        bus.advance(Duration.ofMillis(100));
        String frames = manyUpdates(3000);
        for (ScriptedPeer peer : many) {
            peer.raw(frames).ping().expectPong().play();
        }
        bus.advance(Duration.ofMillis(100));
        many.forEach(ScriptedPeer::verify);
        assertThat(bus.told.count("updated {k=2999}")).isEqualTo(140);
    }
}
