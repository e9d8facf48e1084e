package dev.heartbeat.examples;

import dev.heartbeat.HeartbeatServer;
import dev.heartbeat.Node;
import dev.heartbeat.NodeListener;
import dev.heartbeat.OfflineReason;
import dev.heartbeat.SendResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives each job to a worker that is alive, one at a time. The job of a worker that is lost goes to
 * another.
 */
public final class JobBoard implements NodeListener {
    private final HeartbeatServer server;
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<String> idle = new LinkedHashSet<>();
    private final Map<String, String> working = new HashMap<>();
    private final List<String> done = new ArrayList<>();

    /** Starts the server that the builder describes, and waits for workers. */
    public JobBoard(HeartbeatServer.Builder builder) {
        server = builder.listener(this).onMessage(this::onDone).start();
    }

    /** Puts up a job. */
    public synchronized void submit(String job) {
        open.addLast(job);
        handOut();
    }

    /** What was done, and by whom. */
    public synchronized List<String> done() {
        return List.copyOf(done);
    }

    @Override
    public synchronized void onOnline(Node worker) {
        if (!working.containsKey(worker.id())) {
            idle.add(worker.id());
            handOut();
        }
    }

    @Override
    public synchronized void onOffline(Node worker, OfflineReason reason) {
        idle.remove(worker.id());
        String job = working.remove(worker.id());
        if (job != null) {
            open.addFirst(job);
            handOut();
        }
    }

    private synchronized void onDone(Node worker, ByteBuffer message) {
        String job = working.remove(worker.id());
        if (job != null) {
            done.add(job + " by " + worker.id());
            idle.add(worker.id());
            handOut();
        }
    }

    private void handOut() {
        for (String worker : List.copyOf(idle)) {
            String job = open.peekFirst();
            if (job != null && server.trySend(worker, StandardCharsets.UTF_8.encode(job)) == SendResult.ACCEPTED) {
                idle.remove(worker);
                working.put(worker, open.removeFirst());
            }
        }
    }
}
