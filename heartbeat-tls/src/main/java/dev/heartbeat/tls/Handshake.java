package dev.heartbeat.tls;

import dev.heartbeat.spi.Connector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of one connection. Its steps run on the loop while a turn has time for them, else
 * on threads of the layer; between them it is confined to the loop. While a step is under way nothing
 * is read.
 *
 * <pre>
 *   loop      received: whole records? ── begin ──┐             ┌─ send, open or refuse
 *   thread                                        └─ step: run ─┘
 * </pre>
 *
 * <p>A server makes no engine before it has a whole record: a peer that sends less costs what it
 * sent, and no place among the handshakes that are under way.
 */
final class Handshake implements Runnable {
    private static final int RESERVED_AT_ONCE = 16 * 1024;

    /** More records than any handshake takes, without an end. */
    private static final int MAX_BYTES = 256 * 1024;

    private static final byte[] NO_BYTES = {};

    private final TlsConnection connection;
    private final TlsLayer layer;
    private final Connector above;
    private final HeldBytes received;

    private long receivedBytes;

    /** It has, or waits for, a place among the handshakes that are under way. */
    private boolean begun;

    private boolean hasPlace;
    private boolean stepping;
    private boolean connectionClosed;

    // Written by a step
    private byte[] toSend = NO_BYTES;
    /** What an engine gave behind the handshake: OpenSSL knows of its end with the next record only. */
    private byte[] early = NO_BYTES;

    private @Nullable SSLEngine engine;
    private @Nullable Exception failure;
    private boolean complete;

    Handshake(TlsConnection connection, TlsLayer layer, Connector above) {
        this.connection = connection;
        this.layer = layer;
        this.above = above;
        received = new HeldBytes(layer.heldBudget());
    }

    /** A client speaks first. */
    void begin() {
        if (layer.isClient()) {
            proceed();
        }
    }

    void onRead(ByteBuffer bytes) throws SSLException {
        receivedBytes += bytes.remaining();
        if (receivedBytes > MAX_BYTES) {
            throw new SSLException("a handshake of more than " + MAX_BYTES + " bytes");
        }
        received.add(bytes);
        if (received.hasRecord()) {
            proceed();
        } else {
            layer.places().askSlowPeers(nowNs()); // Somebody has to look now and then.
        }
    }

    private void proceed() {
        connection.below().pauseReading();
        if (!begun) {
            begun = true;
            if (!layer.places().take(this, nowNs())) {
                return;
            }
            hasPlace = true;
        }
        step();
    }

    private long nowNs() {
        return connection.loop().eventLoop().nowNs();
    }

    /** A place has become free, which it takes. Any thread. */
    void onPlace() {
        try {
            connection.loop().eventLoop().execute(this::takePlace);
        } catch (RejectedExecutionException e) {
            layer.places().giveBack(); // The loop has ended, and its connections with it.
        }
    }

    private void takePlace() {
        hasPlace = true;
        if (connectionClosed) {
            leavePlace();
        } else {
            step();
        }
    }

    /** Others wait, and the peer owes an answer for long. Any thread. */
    void onPlaceWanted() {
        connection.loop().execute(this::yieldPlace);
    }

    private void yieldPlace() {
        if (hasPlace && !stepping && !connectionClosed) {
            fail(new SSLException("the peer is slow, and others wait for a handshake"));
        }
    }

    private void leavePlace() {
        if (hasPlace) {
            hasPlace = false;
            layer.places().goOn(this);
            layer.places().giveBack();
        }
    }

    private void step() {
        stepping = true;
        layer.places().goOn(this);
        if (!mayRunOnLoop() || !connection.loop().hasRun(this)) {
            layer.executor().execute(this);
        }
    }

    /**
     * A server signs once, and the way to a thread and back takes as long as the rest. Chains of
     * certificates are verified elsewhere: nobody knows how long they are.
     */
    private boolean mayRunOnLoop() {
        SSLEngine with = engine;
        return !layer.isClient() && (with == null || !with.getNeedClientAuth() && !with.getWantClientAuth());
    }

    // On a thread of the layer

    /** One step: goes on until the peer must speak. */
    @Override
    public void run() {
        try {
            SSLEngine with = engine;
            if (with == null) {
                with = layer.newEngine();
                engine = with;
                with.beginHandshake();
            }
            goOn(with);
        } catch (Exception e) {
            failure = e;
            collectAlert();
        } catch (Throwable e) {
            failure = new SSLException("the handshake failed: " + e, e);
        }
        try {
            connection.loop().eventLoop().execute(this::stepped);
        } catch (RejectedExecutionException e) {
            releaseEngine(); // The loop has ended, and its connections with it.
        }
    }

    private void goOn(SSLEngine with) throws SSLException {
        ByteBuffer in = received.read();
        try {
            while (true) {
                switch (with.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks(with);
                    case NEED_WRAP -> wrap(with);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!unwrap(with, in) && needsUnwrap(with)) {
                            return;
                        }
                    }
                    default -> {
                        complete = true;
                        return;
                    }
                }
            }
        } finally {
            received.compact();
        }
    }

    private static boolean needsUnwrap(SSLEngine with) {
        HandshakeStatus status = with.getHandshakeStatus();
        return status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN;
    }

    private static void runTasks(SSLEngine with) {
        for (Runnable task = with.getDelegatedTask(); task != null; task = with.getDelegatedTask()) {
            task.run();
        }
    }

    private void wrap(SSLEngine with) throws SSLException {
        byte[] record = layer.scratch(with.getSession().getPacketBufferSize());
        SSLEngineResult result = with.wrap(TlsRecord.NOTHING, ByteBuffer.wrap(record));
        toSend = appended(toSend, record, result.bytesProduced());
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("the TLS engine makes no record: " + result.getStatus());
        }
    }

    /** Returns whether it got on. */
    private boolean unwrap(SSLEngine with, ByteBuffer in) throws SSLException {
        byte[] plaintext = layer.scratch(with.getSession().getApplicationBufferSize());
        if (!TlsRecord.isNext(in)) {
            // OpenSSL tells of the end of a handshake, or of what is wrong with the last record,
            // only when it is called again.
            with.unwrap(TlsRecord.NOTHING, ByteBuffer.wrap(plaintext));
            return false;
        }
        SSLEngineResult result = with.unwrap(in, ByteBuffer.wrap(plaintext));
        early = appended(early, plaintext, result.bytesProduced());
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new SSLException("the peer closed the handshake");
        }
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("the TLS engine takes no record: " + result.getStatus());
        }
        return true;
    }

    /** A flight has a few records, so it grows by each to the byte. */
    private static byte[] appended(byte[] before, byte[] more, int count) {
        if (count == 0) {
            return before;
        }
        byte[] all = Arrays.copyOf(before, before.length + count);
        System.arraycopy(more, 0, all, before.length, count);
        return all;
    }

    private void collectAlert() {
        SSLEngine with = engine;
        try {
            if (with != null) {
                with.closeOutbound();
                while (with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !with.isOutboundDone()) {
                    byte[] record = layer.scratch(with.getSession().getPacketBufferSize());
                    int bytes = with.wrap(TlsRecord.NOTHING, ByteBuffer.wrap(record))
                            .bytesProduced();
                    toSend = appended(toSend, record, bytes);
                    if (bytes == 0) {
                        return;
                    }
                }
            }
        } catch (Exception e) {
            // Then the peer gets none; the failure itself is what counts.
            if (failure != null && failure != e) {
                failure.addSuppressed(e);
            }
        }
    }

    // On the loop again

    private void stepped() {
        stepping = false;
        if (connectionClosed) {
            end();
            releaseEngine();
            return;
        }
        send();
        Exception failed = failure;
        SSLEngine with = engine;
        if (failed != null || with == null) {
            fail(failed == null ? new SSLException("no engine") : failed);
        } else if (complete) {
            leavePlace();
            layer.completed();
            engine = null; // It is the connection's now.
            connection.open(with, above, early, received);
        } else {
            if (!layer.isClient()) {
                layer.places().rest(this, nowNs()); // A client does not judge its server's pace.
            }
            connection.below().resumeReading();
        }
    }

    private void send() {
        byte[] bytes = toSend;
        toSend = NO_BYTES;
        for (int at = 0; at < bytes.length; at += RESERVED_AT_ONCE) {
            int count = Math.min(RESERVED_AT_ONCE, bytes.length - at);
            connection.below().reserve(count).put(bytes, at, count);
        }
        connection.below().flush();
    }

    /** The handshake cannot go on. The connection below ends, and with it this. */
    private void fail(Exception cause) {
        failure = cause;
        connection.refuse(cause);
    }

    /** The connection has ended. */
    void onClosed(@Nullable Throwable cause) {
        connectionClosed = true;
        if (!stepping) {
            end();
            releaseEngine();
        }
        IOException why = reason(cause);
        layer.failed(why);
        above.onConnectFailed(why);
    }

    private IOException reason(@Nullable Throwable cause) {
        String with = " with " + connection.remoteAddress();
        if (cause == null) {
            return new SSLException(
                    receivedBytes == 0
                            ? "no TLS handshake" + with + ": the connection ended before it sent anything"
                            : "no TLS handshake" + with + ": the connection ended");
        }
        String text = "no TLS handshake" + with + ": " + said(cause);
        return cause instanceof NotTlsException ? new NotTlsException(text) : new SSLException(text, cause);
    }

    /** What is wrong with a certificate is the reason, whatever the engine makes of it. */
    private static String said(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof CertificateException && each.getMessage() != null) {
                return each.getMessage();
            }
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void end() {
        received.release();
        leavePlace();
        if (begun && !hasPlace) {
            layer.places().forget(this);
        }
    }

    private void releaseEngine() {
        SSLEngine with = engine;
        if (with != null) {
            engine = null;
            layer.engines().release(with);
        }
    }
}
