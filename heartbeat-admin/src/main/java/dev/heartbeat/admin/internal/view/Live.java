package dev.heartbeat.admin.internal.view;

import dev.heartbeat.admin.RecentEvents;
import dev.heartbeat.admin.internal.http.EventStreams;
import dev.heartbeat.admin.internal.http.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stream of the page: all samples at first, then one each second with what happened in it. */
public final class Live {
    /** A fleet that comes back tells a million events; a person reads a few. */
    private static final int EVENTS_AT_ONCE = 50;

    private static final int STREAMS = 16;
    private static final int UNREAD = 10;

    private final Samples samples;
    private final @Nullable RecentEvents events;
    private final EventStreams streams = new EventStreams(STREAMS, UNREAD, this::first);
    private long toldUpTo;

    /** @param events null if nobody keeps them */
    public Live(Samples samples, @Nullable RecentEvents events) {
        this.samples = samples;
        this.events = events;
    }

    public EventStreams streams() {
        return streams;
    }

    private String first() {
        Map<String, Object> history = new LinkedHashMap<>();
        history.put("samples", samples.kept());
        history.put("events", events == null ? null : EventPages.json(events.last(EVENTS_AT_ONCE)));
        return event("history", history);
    }

    /** Takes a sample and sends it. On one thread. */
    public void second() {
        boolean isWatched = !streams.isEmpty();
        Map<String, Object> sample = samples.take(isWatched);
        List<RecentEvents.Event> fresh = fresh();
        if (isWatched) {
            Map<String, Object> told = new LinkedHashMap<>(sample);
            told.put("events", EventPages.json(fresh));
            streams.send(event("sample", told));
        }
    }

    private List<RecentEvents.Event> fresh() {
        if (events == null) {
            return List.of();
        }
        List<RecentEvents.Event> fresh = events.last(EVENTS_AT_ONCE).stream()
                .filter(event -> event.number() > toldUpTo)
                .toList();
        if (!fresh.isEmpty()) {
            toldUpTo = fresh.get(fresh.size() - 1).number();
        }
        return fresh;
    }

    private static String event(String name, Object data) {
        return "event: " + name + "\ndata: " + Json.of(data) + "\n\n";
    }
}
