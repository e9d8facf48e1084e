package dev.heartbeat.admin.internal.view;

import dev.heartbeat.Node;
import dev.heartbeat.NodeRegistry;
import dev.heartbeat.NodeState;
import dev.heartbeat.admin.internal.http.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes in the order of their ids, a page at a time: the next page begins behind the last id of the
 * one before, wherever nodes come and go meanwhile. A page takes one look at each node and memory
 * for its own nodes only.
 */
public final class NodePages {
    static final int MOST = 1000;
    private static final int USUAL = 100;

    /** The metadata of a thousand nodes could be 60 MB. */
    private static final int MOST_CHARS = 1 << 20;

    private static final String[] PARAMETERS = {"state", "group", "metadata", "prefix", "after", "limit"};

    private final NodeRegistry nodes;

    public NodePages(NodeRegistry nodes) {
        this.nodes = nodes;
    }

    /** {@return the parameters of a query} */
    public static String[] parameters() {
        return PARAMETERS.clone();
    }

    /** {@return a page as JSON} */
    public Map<String, Object> page(Map<String, String> query) throws Problem {
        int limit = limit(query.get("limit"));
        PriorityQueue<Node> least =
                new PriorityQueue<>(Comparator.comparing(Node::id).reversed());
        chosen(query).forEach(node -> {
            // One more than the page holds shows whether there is a next.
            if (least.size() <= limit) {
                least.add(node);
            } else if (node.id().compareTo(least.element().id()) < 0) {
                least.remove();
                least.add(node);
            }
        });
        return page(new ArrayList<>(least), limit);
    }

    private static Map<String, Object> page(List<Node> found, int limit) {
        found.sort(Comparator.comparing(Node::id));
        List<Object> shown = new ArrayList<>();
        int chars = 0;
        for (Node node : found) {
            if (shown.size() == limit || chars > MOST_CHARS) {
                break;
            }
            shown.add(node(node));
            chars += node.metadata().entrySet().stream()
                    .mapToInt(
                            entry -> entry.getKey().length() + entry.getValue().length())
                    .sum();
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("nodes", shown);
        page.put(
                "next",
                shown.size() < found.size() ? found.get(shown.size() - 1).id() : null);
        return page;
    }

    private Stream<Node> chosen(Map<String, String> query) throws Problem {
        NodeState state = state(query.get("state"));
        String group = query.get("group");
        String metadata = query.get("metadata");
        String prefix = query.getOrDefault("prefix", "");
        String after = query.get("after");
        Stream<Node> all = group != null ? nodes.group(group) : state != null ? nodes.stream(state) : nodes.stream();
        Predicate<Node> isChosen = node -> node.id().startsWith(prefix)
                && (after == null || node.id().compareTo(after) > 0)
                && (state == null || node.state() == state);
        return all.filter(metadata == null ? isChosen : isChosen.and(withMetadata(metadata)));
    }

    private static Predicate<Node> withMetadata(String pair) throws Problem {
        int equals = pair.indexOf('=');
        if (equals < 1) {
            throw Problem.badRequest("metadata is to be key=value");
        }
        String key = pair.substring(0, equals);
        String value = pair.substring(equals + 1);
        return node -> value.equals(node.metadata().get(key));
    }

    private static @Nullable NodeState state(@Nullable String given) throws Problem {
        if (given == null) {
            return null;
        }
        for (NodeState state : NodeState.values()) {
            if (state.name().equals(given.toUpperCase(Locale.ROOT))) {
                return state;
            }
        }
        throw Problem.badRequest("state is to be ONLINE, SUSPECT or OFFLINE");
    }

    private static int limit(@Nullable String given) throws Problem {
        if (given == null) {
            return USUAL;
        }
        try {
            int limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Problem.badRequest("limit is to be 1 to " + MOST);
    }

    /** {@return a node as JSON} */
    public static Map<String, Object> node(Node node) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", node.id());
        values.put("state", node.state().name());
        values.put("epoch", node.epoch());
        // As text: a number of JavaScript holds 53 bits of its 64.
        values.put("incarnation", Long.toHexString(node.incarnation()));
        values.put("metadata", node.metadata());
        values.put(
                "address",
                node.remoteAddress().getHostString() + ":"
                        + node.remoteAddress().getPort());
        values.put("principal", node.principal());
        values.put("registeredAt", node.registeredAt().toString());
        values.put("rttMicros", Values.microsOrNull(node.rtt()));
        values.put("offlineReason", Values.of(node.offlineReason()));
        values.put("offlineSince", Values.of(node.offlineSince()));
        return values;
    }
}
