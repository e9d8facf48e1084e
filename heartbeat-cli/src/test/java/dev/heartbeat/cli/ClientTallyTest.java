package dev.heartbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heartbeat.AttachedNode;
import dev.heartbeat.AttachedNodeState;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ClientTallyTest {

    @Test
    void tellsTheRoundTripsSinceTheLastLine() {
        ClientTally stats = new ClientTally(2);
        for (int millis = 1; millis <= 100; millis++) {
            stats.heartbeat(Duration.ofMillis(millis));
        }

        EventLine line = stats.line(false);

        assertThat(line.number("heartbeats")).isEqualTo(100);
        assertThat(line.number("rttP50Us")).isBetween(50_000.0, 51_000.0);
        assertThat(line.number("rttP99Us")).isBetween(99_000.0, 100_000.0);
        assertThat(line.has("rttHistogram")).isFalse();
        assertThat(stats.line(false).number("heartbeats")).isZero();
    }

    @Test
    void anAbsurdRoundTripIsCountedAsTheLongest() {
        ClientTally stats = new ClientTally(1);
        stats.heartbeat(Duration.ofDays(1));

        assertThat(stats.line(false).number("rttMaxUs")).isBetween(59e6, 61e6);
    }

    @Test
    void noLineShowsMoreNodesOnlineThanRegistrations() {
        ClientTally stats = new ClientTally(1);
        AttachedEvents events = new AttachedEvents("n-2", stats, null);
        stats.attached(registeredNode(), events);

        assertThat(stats.line(false).number("online")).isZero();

        events.onRegistered(1);

        assertThat(stats.line(false).number("online")).isEqualTo(1);
        assertThat(stats.line(false).number("registrations")).isEqualTo(1);
    }

    @Test
    void theNumbersOfSeveralProcessesAddUp() {
        RoundTrips all = new RoundTrips();
        for (String process : new String[] {"a", "b"}) {
            ClientTally stats = new ClientTally(1);
            stats.heartbeat(Duration.ofMillis(process.equals("a") ? 1 : 3));
            all.add(process, EventLine.parse(stats.line(true).toString()));
        }

        Histogram now = all.now();

        assertThat(now.getTotalCount()).isEqualTo(2);
        assertThat(now.getMaxValue()).isBetween(3000L, 3050L);
        assertThat(all.all().getTotalCount()).isEqualTo(2);
    }

    /** A node whose registration is answered, and whose listener may not have heard of it yet. */
    private static AttachedNode registeredNode() {
        return (AttachedNode) Proxy.newProxyInstance(
                AttachedNode.class.getClassLoader(),
                new Class<?>[] {AttachedNode.class},
                (proxy, method, arguments) -> AttachedNodeState.REGISTERED);
    }
}
