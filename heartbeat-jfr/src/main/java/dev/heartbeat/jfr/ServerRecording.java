package dev.heartbeat.jfr;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.MessageHandler;
import dev.heartbeat.NodeListener;
import dev.heartbeat.RequestHandler;
import dev.heartbeat.ServerState;
import dev.heartbeat.ServerStats;
import java.util.Objects;
import jdk.jfr.FlightRecorder;

/**
 * Has a server appear in recordings of the JDK Flight Recorder:
 *
 * <pre>{@code
 * HeartbeatServer server = HeartbeatServer.builder()
 *         .listener(ServerRecording.listener())
 *         .listener(ServerRecording.timedListener(listener))
 *         .onMessage(ServerRecording.timedMessages(handler))
 *         .start();
 * ServerRecording recording = ServerRecording.of(server);
 * }</pre>
 *
 * <p>Listeners and timed handlers make their events when these happen. {@link #of} reads a server's
 * counts at the end of each period of its event, a second by default. Without a recording nothing is
 * read, and a call costs a comparison more. Every method may be called from any thread.
 *
 * @since 0.1
 */
public final class ServerRecording implements AutoCloseable {
    private final HeartbeatServer server;
    private final Runnable loops;
    private final Runnable writes;
    private final Runnable overload;

    private ServerRecording(HeartbeatServer server) {
        this.server = server;
        int port = server.localAddress().getPort();
        ServerStats stats = server.stats();
        loops = whileRunning(new LoopStallEvent.Reader(port, stats::loops));
        writes = whileRunning(
                new WriteStallEvent.Reader(port, () -> stats.connections().writeStalls()));
        overload = whileRunning(new OverloadEvent.Reader(
                port, () -> stats.overload().level(), () -> stats.overload().cause()));
    }

    /**
     * Begins to read the counts of a server while something is recorded. It ends with the server,
     * or with {@link #close}.
     *
     * @param server that has been started
     * @return the recording
     */
    public static ServerRecording of(HeartbeatServer server) {
        ServerRecording recording = new ServerRecording(Objects.requireNonNull(server, "server"));
        FlightRecorder.addPeriodicEvent(LoopStallEvent.class, recording.loops);
        FlightRecorder.addPeriodicEvent(WriteStallEvent.class, recording.writes);
        FlightRecorder.addPeriodicEvent(OverloadEvent.class, recording.overload);
        return recording;
    }

    private Runnable whileRunning(Runnable reader) {
        return () -> {
            reader.run();
            if (server.state() == ServerState.STOPPED) {
                close();
            }
        };
    }

    /** Reads the server no more. Idempotent. */
    @Override
    public void close() {
        FlightRecorder.removePeriodicEvent(loops);
        FlightRecorder.removePeriodicEvent(writes);
        FlightRecorder.removePeriodicEvent(overload);
    }

    /**
     * A listener that makes an event of each change of the mass guard, each takeover, and each
     * duplicate identity.
     *
     * @return the listener, which serves any number of servers
     */
    public static NodeListener listener() {
        return new RecordingListener();
    }

    /**
     * A listener that calls another, and makes an event of each call that takes longer than the
     * event's threshold, 20 ms by default.
     *
     * @return the listener, to be given to the builder in place of the other
     */
    public static NodeListener timedListener(NodeListener listener) {
        return new TimedListener(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * A handler that calls another, as {@link #timedListener}.
     *
     * @return the handler, to be given to the builder in place of the other
     */
    public static MessageHandler timedMessages(MessageHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return (from, message) -> SlowCallbackEvent.time("onMessage", from, () -> handler.onMessage(from, message));
    }

    /**
     * A handler that calls another, as {@link #timedListener}. The time until an answer that
     * the handler gives later does not count.
     *
     * @return the handler, to be given to the builder in place of the other
     */
    public static RequestHandler timedRequests(RequestHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return (from, request) -> SlowCallbackEvent.time("onRequest", from, () -> handler.onRequest(from, request));
    }
}
