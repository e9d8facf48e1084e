package dev.heartbeat.tls;

import static java.util.Objects.requireNonNull;

import dev.heartbeat.spi.Connection;
import dev.heartbeat.spi.ConnectionHandler;
import dev.heartbeat.spi.Connector;
import dev.heartbeat.spi.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection over another: a handler to the one below, and a connection to the handler above.
 * Everything happens on its loop's thread, but for the steps of its {@link Handshake}.
 *
 * <pre>
 *   above    reserve, write ─┐                        ┌─ onRead
 *                            ▼                        │
 *            RecordBuffer of the loop          plaintext of the loop
 *                            │ wrap                   ▲ unwrap
 *                            ▼                        │
 *   below    reserve: memory of the transport    onRead: memory of the transport
 * </pre>
 *
 * <p>An idle connection holds no buffer: plaintext lies in memory of the loop, ciphertext in memory
 * of the transport. {@link HeldBytes} exist while a record is incomplete, a {@link RecordLedger}
 * while one is not flushed. There may be a million, so think before adding a field.
 */
final class TlsConnection implements Connection, ConnectionHandler {
    /** Closed by this side; nothing but {@link ConnectionHandler#onClosed} may follow. */
    private static final int CLOSED = 1;

    /** {@link #shutdownOutput()} was called. */
    private static final int OUTPUT_ENDED = 1 << 1;

    /** The peer has sent close_notify. */
    private static final int INPUT_ENDED = 1 << 2;

    private static final int READING_PAUSED = 1 << 3;

    /** Waits in the loop's list of those with something to report. */
    private static final int REPORTING = 1 << 4;

    private static final int FLUSHED_DUE = 1 << 5;

    /** Reading was resumed while whole records were held. */
    private static final int HELD_DUE = 1 << 6;

    private final Connection below;
    private final TlsLayer layer;
    private final TlsLoop loop;
    private @Nullable Handshake handshake;
    private @Nullable SSLEngine engine;
    private @Nullable ConnectionHandler handler;
    private @Nullable RecordLedger ledger;
    private @Nullable HeldBytes held;
    /** Plaintext that came with the end of the handshake. */
    private @Nullable ByteBuffer early;

    private @Nullable Throwable failure;
    private long queued;
    private long flushed;
    /** The end of the last piece that was given by {@link #write}. */
    private long givenEnd;

    private int flags;

    private TlsConnection(Connection below, TlsLayer layer, TlsLoop loop) {
        this.below = below;
        this.layer = layer;
        this.loop = loop;
    }

    /** Begins a handshake; {@code above} is notified how it ends. */
    static TlsConnection begin(Connection below, TlsLayer layer, Connector above) {
        TlsConnection connection = new TlsConnection(below, layer, layer.loops().enter(below.eventLoop()));
        Handshake handshake = new Handshake(connection, layer, above);
        connection.handshake = handshake;
        handshake.begin();
        return connection;
    }

    // The handshake

    Connection below() {
        return below;
    }

    TlsLoop loop() {
        return loop;
    }

    boolean isClosed() {
        return is(CLOSED);
    }

    /**
     * The handshake is complete.
     *
     * @param plaintext what came behind it and is decrypted
     * @param rest what came behind that
     */
    void open(SSLEngine with, Connector above, byte[] plaintext, HeldBytes rest) {
        engine = with;
        handshake = null;
        early = plaintext.length == 0 ? null : ByteBuffer.wrap(plaintext);
        held = rest.isEmpty() ? null : rest;
        try {
            handler = requireNonNull(above.onOpen(this), "no handler");
            readHeld();
        } catch (Throwable e) {
            failInTask(e);
        }
        resumeBelow();
    }

    /** The handshake has failed, and the alert is sent. */
    void refuse(Throwable cause) {
        failure = cause;
        flags |= CLOSED;
        below.close();
    }

    // Reading

    @Override
    public void onRead(ByteBuffer bytes) {
        try {
            Handshake opening = handshake;
            if (opening != null) {
                opening.onRead(bytes);
            } else {
                read(bytes.isReadOnly() ? copied(bytes) : bytes);
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Engines decrypt where a record lies. */
    private static ByteBuffer copied(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    private void read(ByteBuffer bytes) throws SSLException {
        while (held != null && bytes.hasRemaining() && isReading()) {
            held.complete(bytes);
            readHeld();
            if (held != null && !bytes.hasRemaining()) {
                return;
            }
        }
        decrypt(bytes);
        if (bytes.hasRemaining() && !is(CLOSED)) {
            hold(bytes);
        }
    }

    private void hold(ByteBuffer bytes) throws SSLException {
        if (held == null) {
            held = new HeldBytes(layer.heldBudget());
        }
        held.add(bytes);
    }

    private void readHeld() throws SSLException {
        ByteBuffer first = early;
        if (first != null && isReading()) {
            early = null;
            handler().onRead(first);
        }
        HeldBytes present = held;
        if (present != null) {
            decrypt(present.read());
            present.compact();
            if (present.isEmpty()) {
                held = null;
            }
        }
    }

    /** Decrypts the whole records that come next, and hands each to the handler. */
    private void decrypt(ByteBuffer records) throws SSLException {
        SSLEngine with = engine();
        while (isReading() && TlsRecord.isNext(records)) {
            ByteBuffer plaintext = loop.plaintext();
            SSLEngineResult result = with.unwrap(records, plaintext);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                loop.growPlaintext(with.getSession().getApplicationBufferSize());
                continue;
            }
            if (plaintext.position() > 0) {
                handler().onRead(plaintext.flip().order(ByteOrder.BIG_ENDIAN));
            } else if (result.bytesConsumed() == 0 && result.getStatus() != SSLEngineResult.Status.CLOSED) {
                throw new SSLException("the TLS engine takes no record: " + result.getStatus());
            }
            afterRecord(with, result);
        }
    }

    private void afterRecord(SSLEngine with, SSLEngineResult result) throws SSLException {
        if (is(CLOSED)) {
            return;
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) { // By close_notify.
            // Half a connection is of no use to the bus.
            flags |= INPUT_ENDED;
            close();
            return;
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            afterHandshakeRecord(with);
        }
    }

    /** TLS 1.3 updates keys and sends tickets; in TLS 1.2 the peer renegotiates, which is refused. */
    private void afterHandshakeRecord(SSLEngine with) throws SSLException {
        if (!with.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("the peer renegotiates, which is refused");
        }
        Runnable task = with.getDelegatedTask();
        while (task != null) {
            task.run();
            task = with.getDelegatedTask();
        }
        if (with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            encryptNothing(with);
            below.flush();
        }
    }

    private boolean isReading() {
        return !is(CLOSED | READING_PAUSED | INPUT_ENDED);
    }

    @Override
    public void pauseReading() {
        flags |= READING_PAUSED;
        below.pauseReading();
    }

    @Override
    public void resumeReading() {
        if (is(READING_PAUSED)) {
            flags &= ~READING_PAUSED;
            if (held == null && early == null) {
                resumeBelow();
            } else {
                reportLater(HELD_DUE); // What is held comes first, and not within this call.
            }
        }
    }

    private void resumeBelow() {
        if (!is(READING_PAUSED | CLOSED)) {
            below.resumeReading();
        }
    }

    // Writing

    @Override
    public ByteBuffer reserve(int bytes) {
        return loop.records().reserve(this, bytes);
    }

    @Override
    public void write(ByteBuffer content, int index, int length) {
        Objects.checkFromIndexSize(index, length, content.limit());
        if (length > 0 && !discardsOutput()) {
            loop.records().add(this, content, index, length);
            givenEnd = queued;
        }
    }

    @Override
    public void flush() {
        loop.records().finish(this);
        below.flush();
        settle();
    }

    void addQueued(int bytes) {
        if (!discardsOutput()) {
            queued += bytes;
        }
    }

    /** Encrypts what was counted as queued, into memory of the connection below. */
    void encrypt(ByteBuffer plaintext) {
        try {
            while (plaintext.hasRemaining() && !discardsOutput()) {
                encryptRecord(engine(), plaintext);
                remember(queued - plaintext.remaining());
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    private void remember(long plaintextEnd) {
        if (ledger == null) {
            ledger = loop.takeLedger();
        }
        ledger.add(below.queuedBytes(), plaintextEnd);
    }

    private void encryptRecord(SSLEngine with, ByteBuffer plaintext) throws SSLException {
        ByteBuffer room = below.reserve(with.getSession().getPacketBufferSize());
        SSLEngineResult result = with.wrap(plaintext, room);
        if (result.bytesProduced() == 0 && result.bytesConsumed() == 0) {
            throw new SSLException(
                    "the TLS engine makes no record: " + result.getStatus() + ", " + result.getHandshakeStatus());
        }
    }

    /** Lets the engine say what it has to say: an alert, close_notify, a key update. */
    private void encryptNothing(SSLEngine with) throws SSLException {
        SSLEngineResult result;
        do {
            ByteBuffer room = below.reserve(with.getSession().getPacketBufferSize());
            result = with.wrap(TlsRecord.NOTHING, room);
        } while (result.bytesProduced() > 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
    }

    @Override
    public void shutdownOutput() {
        flush();
        if (!discardsOutput()) {
            flags |= OUTPUT_ENDED;
            sendCloseNotify();
            below.shutdownOutput();
        }
    }

    private void sendCloseNotify() {
        try {
            engine().closeOutbound();
            encryptNothing(engine());
        } catch (SSLException e) {
            fail(e);
        }
    }

    private boolean discardsOutput() {
        return is(CLOSED | OUTPUT_ENDED);
    }

    // Counting

    @Override
    public long queuedBytes() {
        loop.records().count();
        return queued;
    }

    @Override
    public long flushedBytes() {
        settle();
        return flushed;
    }

    @Override
    public long progress() {
        return below.progress();
    }

    @Override
    public boolean isWritable() {
        loop.records().finishIfFull(this);
        return !is(CLOSED) && below.isWritable();
    }

    /** Counts the records that the socket has taken since. */
    private void settle() {
        RecordLedger unflushed = ledger;
        if (unflushed == null) {
            return;
        }
        long before = flushed;
        flushed = unflushed.flushed(below.flushedBytes(), before);
        if (unflushed.isEmpty()) {
            ledger = null;
            loop.giveBack(unflushed);
        }
        if (before < givenEnd && flushed > before && !is(CLOSED)) {
            reportLater(FLUSHED_DUE);
        }
    }

    // Events from below

    @Override
    public void onWritable() {
        if (handshake == null) {
            settle();
            if (isWritable()) {
                handler().onWritable();
            }
        }
    }

    @Override
    public void onFlushed(long total) {
        if (handshake == null) {
            settle();
            flags &= ~FLUSHED_DUE;
            handler().onFlushed(flushed);
        }
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        boolean ownEnd = is(CLOSED | INPUT_ENDED);
        flags |= CLOSED;
        Throwable why = failure == null ? cause : failure;
        release();
        layer.loops().leave(loop);
        Handshake opening = handshake;
        if (opening != null) {
            opening.onClosed(why);
        } else if (handler != null) {
            Throwable end = why == null && !ownEnd ? truncated() : why;
            layer.ended(end);
            handler.onClosed(end);
        }
    }

    private static IOException truncated() {
        return new SSLException("the stream ended without close_notify");
    }

    private void release() {
        loop.records().discard(this);
        if (ledger != null) {
            ledger = null; // Not empty: it is not given back.
        }
        if (held != null) {
            held.release();
            held = null;
        }
        SSLEngine with = engine;
        if (with != null) {
            layer.engines().release(with);
        }
    }

    // Closing

    @Override
    public void close() {
        if (!is(CLOSED)) {
            loop.records().discard(this);
            settle();
            if (queued == flushed && !is(OUTPUT_ENDED) && engine != null) {
                sendCloseNotify();
                below.flush();
            }
            flags |= CLOSED;
            below.close();
        }
    }

    @Override
    public void abort() {
        if (!is(CLOSED)) {
            loop.records().discard(this);
            flags |= CLOSED;
            below.abort();
        }
    }

    /** The engine refuses what came, or what is to be sent. The peer gets its alert where it can. */
    private void fail(Throwable e) {
        if (is(CLOSED)) {
            return;
        }
        failure = e;
        flags |= CLOSED;
        SSLEngine with = engine;
        if (with != null) {
            try {
                with.closeOutbound();
                encryptNothing(with);
                below.flush();
            } catch (SSLException alert) {
                e.addSuppressed(alert);
            }
        }
        below.close();
    }

    /** Outside an event of the connection below, which would see to it. */
    private void failInTask(Throwable e) {
        if (e instanceof SSLException) {
            fail(e);
            return;
        }
        if (!is(CLOSED)) {
            failure = e;
            flags |= CLOSED;
            below.abort();
        }
        loop.eventLoop().failures().add("the handler", this, e);
    }

    // Reporting

    private void reportLater(int what) {
        if (!is(REPORTING)) {
            flags |= REPORTING;
            loop.reportLater(this);
        }
        flags |= what;
    }

    /** Notifies the handler of what became due. Called when no call to a connection is under way. */
    void report() {
        settle();
        int due = flags;
        flags &= ~(REPORTING | FLUSHED_DUE | HELD_DUE);
        if (is(CLOSED)) {
            return;
        }
        try {
            if ((due & FLUSHED_DUE) != 0) {
                handler().onFlushed(flushed);
            }
            if ((due & HELD_DUE) != 0) {
                readHeld();
                resumeBelow();
            }
        } catch (Throwable e) {
            failInTask(e);
        }
    }

    // The rest

    private SSLEngine engine() {
        return requireNonNull(engine);
    }

    private ConnectionHandler handler() {
        return requireNonNull(handler);
    }

    @Override
    public EventLoop eventLoop() {
        return below.eventLoop();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return below.remoteAddress();
    }

    @Override
    public List<Certificate> peerCertificates() {
        try {
            return List.of(engine().getSession().getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    private boolean is(int any) {
        return (flags & any) != 0;
    }

    @Override
    public String toString() {
        return "TLS " + below;
    }
}
