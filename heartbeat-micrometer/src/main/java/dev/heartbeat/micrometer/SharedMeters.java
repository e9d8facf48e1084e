package dev.heartbeat.micrometer;

import dev.heartbeat.CallbackStats;
import dev.heartbeat.ChannelStats;
import dev.heartbeat.MessageStats;
import dev.heartbeat.UndeliveredException;
import java.util.List;
import java.util.function.Function;

/** The meters that a server and a client have alike. */
final class SharedMeters {
    private SharedMeters() {}

    static <T> void register(
            Meters<?, T> meters,
            String prefix,
            Function<T, MessageStats> messages,
            Function<T, ChannelStats> channels,
            Function<T, CallbackStats> callbacks) {
        String text = "Messages, by direction: in to the application, or out of it.";
        meters.counter(
                prefix + "messages", null, text, own -> messages.apply(own).received(), "direction", "in");
        meters.counter(
                prefix + "messages", null, text, own -> messages.apply(own).sent(), "direction", "out");
        meters.counters(
                prefix + "messages.undelivered",
                "Accepted messages that came back, by reason.",
                "reason",
                List.of(UndeliveredException.Reason.values()),
                own -> messages.apply(own).undelivered());
        meters.counter(
                prefix + "messages.dropped",
                null,
                "Messages that left a full queue for a newer one.",
                own -> messages.apply(own).dropped());
        meters.counter(
                prefix + "replies.unmatched",
                null,
                "Replies that came too late, twice, or to no request.",
                own -> messages.apply(own).unmatchedReplies());
        meters.gauge(
                prefix + "channels",
                null,
                "Channels that are open now, beside channel 0.",
                own -> channels.apply(own).open());
        meters.counter(
                prefix + "channels.opened",
                null,
                "Channels opened.",
                own -> channels.apply(own).everOpened());
        meters.counter(
                prefix + "callback.failures",
                null,
                "Calls of the application's listeners and handlers that threw.",
                own -> callbacks.apply(own).failures());
        meters.counter(
                prefix + "callbacks.redirected",
                null,
                "Calls that the application's executor refused, and worker threads made.",
                own -> callbacks.apply(own).redirected());
    }
}
