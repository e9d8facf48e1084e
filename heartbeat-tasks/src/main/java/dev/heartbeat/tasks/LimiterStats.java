package dev.heartbeat.tasks;

/**
 * A {@link Limiter} at one moment.
 *
 * @param running requests whose handler runs
 * @param waiting requests that wait for their turn
 * @param handled requests whose handler has returned
 * @param refused requests that were failed at once, since too many waited, or at its close
 * @param timedOut requests that were failed, since their turn did not come in time
 * @param abandoned requests whose asker had given them up before their turn
 * @param failures handlers that threw
 * @since 0.1
 */
public record LimiterStats(
        int running, int waiting, long handled, long refused, long timedOut, long abandoned, long failures) {}
