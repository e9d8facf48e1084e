package dev.heartbeat.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a proxied connection: a thread that reads here, suffers the toxics, and writes
 * there.
 */
final class ToxicPump implements Runnable {
    private static final int BUFFER = 16 * 1024;

    private final ToxicLink link;
    private final Socket from;
    private final Socket to;
    private final Toxics toxics;
    private boolean swallowed;
    private Toxics.@Nullable Limit limit;
    private long passed;

    ToxicPump(ToxicLink link, Socket from, Socket to, Toxics toxics) {
        this.link = link;
        this.from = from;
        this.to = to;
        this.toxics = toxics;
    }

    @Override
    public void run() {
        try {
            pump();
        } catch (IOException e) {
            if (!swallows()) {
                link.reset();
            }
        } catch (InterruptedException e) {
            link.reset(); // The proxy is closed.
        } finally {
            link.ended();
        }
    }

    private void pump() throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        int count = from.getInputStream().read(buffer);
        while (count >= 0) {
            if (!swallows()) {
                pass(buffer, count);
            }
            count = from.getInputStream().read(buffer);
        }
        if (!swallows()) {
            sleep(toxics.closeDelayNs());
            to.shutdownOutput();
        }
    }

    /** Once is for good. */
    private boolean swallows() {
        swallowed |= toxics.swallows();
        return swallowed;
    }

    private void pass(byte[] bytes, int count) throws IOException, InterruptedException {
        sleep(toxics.nextDelayNs());
        int at = 0;
        while (at < count && !swallows()) {
            int segment = (int) Math.min(toxics.nextSegment(count - at), bytesLeft());
            to.getOutputStream().write(bytes, at, segment);
            at += segment;
            passed += segment;
            if (bytesLeft() == 0) {
                endByLimit();
                return;
            }
            sleep(toxics.pauseAfterNs(segment));
        }
    }

    private long bytesLeft() {
        Toxics.Limit current = toxics.limit();
        if (limit != current) {
            limit = current;
            passed = 0;
        }
        return current == null ? Long.MAX_VALUE : Math.max(0, current.bytes - passed);
    }

    private void endByLimit() {
        if (limit != null && limit.resets) {
            link.reset();
        } else {
            link.close();
        }
    }

    private static void sleep(long ns) throws InterruptedException {
        if (ns > 0) {
            TimeUnit.NANOSECONDS.sleep(ns);
        }
    }
}
