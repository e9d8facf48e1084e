package dev.heartbeat.cli;

import java.util.List;
import java.util.stream.IntStream;

/** The names of the many nodes of one process. */
final class NodeIds {
    private NodeIds() {}

    /** The id of one of them, counted from 1 on. */
    static String of(String prefix, int number) {
        return prefix + number;
    }

    /** The id of a node that shares a connection, both counted from 1 on. */
    static String of(String prefix, int connection, int number) {
        return prefix + connection + "-" + number;
    }

    /** The ids of the first {@code count}. */
    static List<String> upTo(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> of(prefix, i)).toList();
    }
}
