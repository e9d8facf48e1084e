package dev.heartbeat.bench.load.hostile;

import dev.heartbeat.bench.wire.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** The ways in which a peer harms a server. */
enum Attack {
    /** Takes a place, and says one byte a second of what it began to say. */
    DAWDLE(false) {
        @Override
        void strike(Peer by) throws IOException {
            byte[] first = by.isOverTls()
                    ? CLIENT_HELLO
                    : Frames.register(Attackers.PREFIX, 1, 1, CREDIT).array();
            by.sayRaw(ByteBuffer.wrap(first, by.strikes() % (first.length - 1), 1));
        }
    },
    /** Registers, beats and asks for answers, and reads none of them. */
    DEAF(false) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(by.id()));
            }
            by.say(Frames.heartbeat(by.strikes()));
            by.say(repeated(64, ping(64)));
        }
    },
    /** Registers a new node, and is gone. */
    REGISTER(true) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(by.id() + "-" + by.connections()));
            } else {
                by.leave();
            }
        }
    },
    /** Takes over a node that other peers take over, too. */
    TAKEOVER(true) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(Attackers.PREFIX + "contested"));
            } else {
                by.leave();
            }
        }
    },
    /** Registers nodes behind a gateway, and takes them back. */
    ATTACH(true) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(by.id()));
            }
            for (int i = 1; i <= 16; i++) {
                int handle = by.strikes() * 16 + i;
                by.say(of(handle, register(by.id() + "-" + handle)));
                by.say(of(handle, Frames.frame(Frames.UNREGISTER, 0).flip()));
            }
        }
    },
    /** Asks for many answers. */
    PING(true) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(by.id()));
            }
            by.say(repeated(64, ping(64)));
        }
    },
    /** Changes its metadata all the time. */
    UPDATE(true) {
        @Override
        void strike(Peer by) throws IOException {
            if (by.strikes() == 0) {
                by.say(register(by.id()));
            }
            by.say(repeated(4, update(4000)));
        }
    },
    /** Says what has no meaning. */
    GARBAGE(true) {
        @Override
        void strike(Peer by) throws IOException {
            byte[] bytes = new byte[1024];
            ThreadLocalRandom.current().nextBytes(bytes);
            by.say(ByteBuffer.wrap(bytes));
        }
    };

    private static final long CREDIT = 1 << 16;

    /** The beginning of a record that holds 512 bytes, of which none follow but zeros. */
    private static final byte[] CLIENT_HELLO = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 0, 0, 0, 0, 0};

    private static final int STREAM_AT = Integer.BYTES;

    private final boolean flood;

    Attack(boolean flood) {
        this.flood = flood;
    }

    /** Whether it strikes as often as it can, and reads answers; else once a second. */
    boolean isFlood() {
        return flood;
    }

    /** Does it once more, on a connection that is open. */
    abstract void strike(Peer by) throws IOException;

    private static ByteBuffer register(String id) {
        long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return Frames.register(id, incarnation, 1, CREDIT);
    }

    private static ByteBuffer of(int handle, ByteBuffer frame) {
        return frame.putInt(STREAM_AT, handle);
    }

    private static ByteBuffer ping(int bytes) {
        return Frames.frame(Frames.PING, bytes).clear();
    }

    /** The metadata of a key with a value of so many characters. */
    private static ByteBuffer update(int characters) {
        byte[] value = "x".repeat(characters).getBytes(StandardCharsets.US_ASCII);
        return Frames.frame(Frames.UPDATE, 1 + Short.BYTES + 2 + value.length)
                .put((byte) 1)
                .putShort((short) (2 + value.length))
                .put((byte) 1)
                .put((byte) 'k')
                .put(value)
                .flip();
    }

    private static ByteBuffer repeated(int times, ByteBuffer frame) {
        ByteBuffer all = ByteBuffer.allocate(times * frame.remaining());
        for (int i = 0; i < times; i++) {
            all.put(frame.duplicate());
        }
        return all.flip();
    }
}
