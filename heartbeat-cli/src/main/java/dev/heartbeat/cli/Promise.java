package dev.heartbeat.cli;

import java.time.Duration;
import java.util.Locale;

/**
 * The promises that the options of a server make of how a node's end is noticed.
 *
 * @param interval how often a node beats
 * @param suspect SUSPECT after this much silence
 * @param timeout OFFLINE after this much silence, and the grace after a lost connection
 * @param tolerance what a busy machine may add, or take away, by running a process late
 */
record Promise(Duration interval, Duration suspect, Duration timeout, Duration tolerance) {

    /**
     * The kernel closes the sockets of a killed process, so the server hears at once that it is
     * lost.
     */
    Expectation suspectAfterKill() {
        return new Expectation("suspect", "LOST", Duration.ZERO, tolerance);
    }

    /** From then on the grace runs. */
    Expectation offlineAfterKill() {
        return around("offline", "CLOSED", timeout, timeout);
    }

    /**
     * A process that stands still says nothing; its last word came up to an interval before it was
     * stopped.
     */
    Expectation suspectAfterStop() {
        return around("suspect", "SILENT", suspect.minus(interval), suspect);
    }

    /** The silence goes on. */
    Expectation offlineAfterStop() {
        return around("offline", "TIMEOUT", timeout.minus(interval), timeout);
    }

    /** No promise of the server's, but a fleet that does not come back is not well. */
    Expectation back(Duration latest) {
        return new Expectation("online", "", Duration.ZERO, latest);
    }

    private Expectation around(String event, String reason, Duration earliest, Duration latest) {
        Duration early = earliest.minus(tolerance);
        return new Expectation(event, reason, early.isNegative() ? Duration.ZERO : early, latest.plus(tolerance));
    }

    /**
     * The report that is due of a node, and when, counted from a signal.
     *
     * @param event the event
     * @param reason its reason; empty where it has none
     * @param earliest not sooner
     * @param latest not later
     */
    record Expectation(String event, String reason, Duration earliest, Duration latest) {
        @Override
        public String toString() {
            String what = event.toUpperCase(Locale.ROOT);
            return reason.isEmpty() ? what : what + " (" + reason + ")";
        }
    }
}
