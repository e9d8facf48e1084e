package dev.heartbeat.admin.internal.view;

import dev.heartbeat.admin.RecentEvents;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes JSON of what happened to nodes. */
public final class EventPages {
    private EventPages() {}

    /** {@return the events as JSON, in their order} */
    public static List<Map<String, Object>> json(List<RecentEvents.Event> events) {
        return events.stream().map(EventPages::json).toList();
    }

    private static Map<String, Object> json(RecentEvents.Event event) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("number", event.number());
        values.put("at", event.at().toEpochMilli());
        values.put("node", event.nodeId());
        values.put("kind", event.kind().name());
        values.put("reason", event.reason());
        return values;
    }
}
