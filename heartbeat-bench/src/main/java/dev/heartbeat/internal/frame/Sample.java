package dev.heartbeat.internal.frame;

import dev.heartbeat.bench.fake.BenchConnection;
import java.nio.ByteBuffer;
import java.util.Map;

/** Frames to be measured, as they go over a connection. */
public enum Sample {
    HEARTBEAT_REQ {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.heartbeatRequest(0, number, 0, 0, HandleRanges.NOBODY);
        }
    },
    /** As a client sends it that knows its round trip, which is the usual one. */
    HEARTBEAT_REQ_RTT {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.heartbeatRequest(0, number, 0, 250, HandleRanges.NOBODY);
        }
    },
    HEARTBEAT_RES {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.heartbeatResponse(0, number, 0);
        }
    },
    PING {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.ping();
        }
    },
    CREDIT {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.credit(0, number);
        }
    },
    DATA_16 {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            writeData(encoder, connection, 16);
        }
    },
    DATA_100 {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            writeData(encoder, connection, 100);
        }
    },
    DATA_1024 {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            writeData(encoder, connection, 1024);
        }
    },
    DATA_16384 {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            writeData(encoder, connection, 16_384);
        }
    },
    /** From a node that a gateway speaks for. */
    DATA_100_HEAD {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.data(0, 0, 7, Envelope.NONE, 100, Head.NO_TOTAL, 0);
            connection.write(MESSAGE, 0, 100);
        }
    },
    REGISTER {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.register(0, NODE);
        }
    },
    REGISTERED {
        @Override
        void write(FrameEncoder encoder, BenchConnection connection, long number) {
            encoder.registered(0, ANSWER);
        }
    };

    private static final ByteBuffer MESSAGE = ByteBuffer.allocate(FrameType.MAX_DATA_PAYLOAD);
    private static final Register NODE =
            new Register(1, 1, 1 << 20, 1 << 20, "sensor-000042", Map.of("os", "linux"), 0, null, 0);
    private static final Registered ANSWER =
            new Registered(1, 10_000, 25_000, 30_000, 30_000, 1 << 20, 1000, 100, 1 << 20, 1 << 20, 1);

    /**
     * Writes the frame.
     *
     * @param number something in it that is another one each time
     */
    abstract void write(FrameEncoder encoder, BenchConnection connection, long number);

    private static void writeData(FrameEncoder encoder, BenchConnection connection, int bytes) {
        encoder.data(0, 0, 0, Envelope.NONE, bytes, Head.NO_TOTAL, 0);
        connection.write(MESSAGE, 0, bytes);
    }
}
