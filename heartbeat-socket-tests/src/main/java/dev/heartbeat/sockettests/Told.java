package dev.heartbeat.sockettests;

import dev.heartbeat.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Reported lines, by any thread; the test waits for the lines it expects. */
final class Told {
    /** Generous: it is reached only where something is broken. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final List<String> lines = new ArrayList<>();
    private final List<FailureCode> codes = new ArrayList<>();

    synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /** A failure with this code was reported. */
    synchronized void failed(FailureCode code) {
        codes.add(code);
    }

    synchronized List<FailureCode> codes() {
        return List.copyOf(codes);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** All reports of one subject, whose name begins each line. */
    List<String> of(String name) {
        return lines().stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }

    /** Waits until the reports of it are exactly these lines. */
    void awaitOf(String name, String... lines) {
        List<String> wish = List.of(lines);
        await(told -> of(name).equals(wish), name + " " + wish);
    }

    void await(String line) {
        await(told -> told.contains(line), line);
    }

    /**
     * @param wish for the failure's message
     */
    synchronized void await(Predicate<List<String>> condition, String wish) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.test(lines)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(wish + " was not told; but " + lines);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
