package dev.heartbeat.tls;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * An engine without secrets, by whose dice everything is decided: how long handshakes are, how much
 * a record takes, when keys are updated, and which handshakes fail. Its records look like those of
 * TLS and show their content.
 *
 * <pre>
 *   client  hello ─────────▶            22: handshake, 23: data, 21: close_notify
 *           ◀───────── hello  server
 *           finished ──────▶
 *           ◀──────── ticket            some servers
 *           ◀─▶ data, key updates
 * </pre>
 */
final class FakeEngine extends SSLEngine {
    static final int DATA = 23;

    private static final int HANDSHAKE = 22;
    private static final int ALERT = 21;
    private static final int MAX_PLAINTEXT = 1 << 14;
    private static final byte UPDATE_AND_ANSWER = 1;
    private static final byte UPDATE = 2;
    private static final byte OTHER = 0;

    /** The progress of the handshake. */
    private enum Step {
        SEND_HELLO,
        AWAIT_HELLO,
        SEND_FINISHED,
        AWAIT_FINISHED,
        SEND_TICKET,
        OPEN
    }

    private final boolean isClient;
    private final RandomGenerator dice;
    private final double failing;
    private final double updating;
    private final SSLSession session = new FakeSession();
    private Step step;
    private boolean mustAnswerUpdate;
    private boolean outboundClosed;
    private boolean closeNotifySent;
    private boolean inboundDone;

    /**
     * One that has not begun.
     *
     * @param failing the share of handshakes that this side refuses
     * @param updating the share of records before which this side updates its keys
     */
    FakeEngine(boolean isClient, RandomGenerator dice, double failing, double updating) {
        this.isClient = isClient;
        this.dice = dice;
        this.failing = failing;
        this.updating = updating;
        step = isClient ? Step.SEND_HELLO : Step.AWAIT_HELLO;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer to) {
        if (to.remaining() < session.getPacketBufferSize()) {
            return result(Status.BUFFER_OVERFLOW, 0, 0);
        }
        if (outboundClosed) {
            if (closeNotifySent) {
                return result(Status.CLOSED, 0, 0);
            }
            closeNotifySent = true;
            return result(Status.CLOSED, 0, record(to, ALERT, OTHER, 2));
        }
        switch (step) {
            case SEND_HELLO -> {
                int bytes = record(to, HANDSHAKE, OTHER, 1 + dice.nextInt(2_000));
                step = isClient ? Step.AWAIT_HELLO : Step.AWAIT_FINISHED;
                return result(Status.OK, 0, bytes);
            }
            case SEND_FINISHED -> {
                step = Step.OPEN;
                return finished(record(to, HANDSHAKE, OTHER, 40));
            }
            case SEND_TICKET -> {
                step = Step.OPEN;
                return finished(record(to, HANDSHAKE, OTHER, 1 + dice.nextInt(300)));
            }
            case OPEN -> {
                return wrapData(sources, offset, length, to);
            }
            default -> {
                return result(Status.OK, 0, 0);
            }
        }
    }

    private SSLEngineResult wrapData(ByteBuffer[] sources, int offset, int length, ByteBuffer to) {
        if (mustAnswerUpdate) {
            mustAnswerUpdate = false;
            return result(Status.OK, 0, record(to, HANDSHAKE, UPDATE, 1));
        }
        if (updating > 0 && dice.nextDouble() < updating) {
            return result(Status.OK, 0, record(to, HANDSHAKE, UPDATE_AND_ANSWER, 1));
        }
        int most = dice.nextInt(4) == 0 ? 1 + dice.nextInt(200) : MAX_PLAINTEXT;
        int start = to.position();
        to.position(start + TlsRecord.HEADER);
        int taken = 0;
        for (int i = offset; i < offset + length; i++) {
            while (sources[i].hasRemaining() && taken < most) {
                to.put(sources[i].get());
                taken++;
            }
        }
        header(to, start, DATA, taken);
        return result(Status.OK, taken, taken + TlsRecord.HEADER);
    }

    private static int record(ByteBuffer to, int type, byte first, int length) {
        int start = to.position();
        to.position(start + TlsRecord.HEADER);
        to.put(first);
        for (int i = 1; i < length; i++) {
            to.put((byte) i);
        }
        header(to, start, type, length);
        return length + TlsRecord.HEADER;
    }

    private static void header(ByteBuffer to, int at, int type, int length) {
        to.put(at, (byte) type);
        to.put(at + 1, (byte) 3);
        to.put(at + 2, (byte) 3);
        to.put(at + 3, (byte) (length >> 8));
        to.put(at + 4, (byte) length);
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] targets, int offset, int length) throws SSLException {
        if (inboundDone) {
            return result(Status.CLOSED, 0, 0);
        }
        if (!TlsRecord.isNext(from)) {
            return result(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        int start = from.position();
        int type = from.get(start);
        int bytes = (from.get(start + 3) & 0xFF) << 8 | (from.get(start + 4) & 0xFF);
        from.position(start + TlsRecord.HEADER);
        int produced = 0;
        switch (type) {
            case HANDSHAKE -> {
                byte first = from.get(from.position());
                from.position(from.position() + bytes);
                if (onHandshake(first)) {
                    return new SSLEngineResult(Status.OK, HandshakeStatus.FINISHED, bytes + TlsRecord.HEADER, 0);
                }
            }
            case DATA -> {
                if (step != Step.OPEN) {
                    throw new SSLException("data before the handshake is complete");
                }
                targets[offset].put(from.slice(from.position(), bytes));
                from.position(from.position() + bytes);
                produced = bytes;
            }
            default -> {
                from.position(from.position() + bytes);
                inboundDone = true;
                return result(Status.CLOSED, bytes + TlsRecord.HEADER, 0);
            }
        }
        return result(Status.OK, bytes + TlsRecord.HEADER, produced);
    }

    /** Returns whether the handshake is complete by it. */
    private boolean onHandshake(byte first) throws SSLException {
        switch (step) {
            case AWAIT_HELLO -> {
                if (dice.nextDouble() < failing) {
                    throw new SSLException("refused by the dice");
                }
                step = isClient ? Step.SEND_FINISHED : Step.SEND_HELLO;
            }
            case AWAIT_FINISHED -> {
                step = dice.nextBoolean() ? Step.SEND_TICKET : Step.OPEN;
                return step == Step.OPEN;
            }
            case OPEN -> mustAnswerUpdate |= first == UPDATE_AND_ANSWER;
            default -> throw new SSLException("a handshake record out of order");
        }
        return false;
    }

    private SSLEngineResult result(Status status, int consumed, int produced) {
        return new SSLEngineResult(status, getHandshakeStatus(), consumed, produced);
    }

    private static SSLEngineResult finished(int produced) {
        return new SSLEngineResult(Status.OK, HandshakeStatus.FINISHED, 0, produced);
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        if (outboundClosed && !closeNotifySent || mustAnswerUpdate) {
            return HandshakeStatus.NEED_WRAP;
        }
        return switch (step) {
            case SEND_HELLO, SEND_FINISHED, SEND_TICKET -> HandshakeStatus.NEED_WRAP;
            case AWAIT_HELLO, AWAIT_FINISHED -> HandshakeStatus.NEED_UNWRAP;
            case OPEN -> HandshakeStatus.NOT_HANDSHAKING;
        };
    }

    @Override
    public Runnable getDelegatedTask() {
        return null;
    }

    @Override
    public void beginHandshake() {}

    @Override
    public void closeInbound() {
        inboundDone = true;
    }

    @Override
    public boolean isInboundDone() {
        return inboundDone;
    }

    @Override
    public void closeOutbound() {
        outboundClosed = true;
    }

    @Override
    public boolean isOutboundDone() {
        return closeNotifySent;
    }

    @Override
    public SSLSession getSession() {
        return session;
    }

    @Override
    public boolean getUseClientMode() {
        return isClient;
    }

    // The rest is nobody's business here

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return new String[0];
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {}

    @Override
    public String[] getSupportedProtocols() {
        return new String[0];
    }

    @Override
    public String[] getEnabledProtocols() {
        return new String[0];
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {}

    @Override
    public void setUseClientMode(boolean mode) {}

    @Override
    public void setNeedClientAuth(boolean need) {}

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public void setWantClientAuth(boolean want) {}

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {}

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }
}
