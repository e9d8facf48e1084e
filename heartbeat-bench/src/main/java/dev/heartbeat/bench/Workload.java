package dev.heartbeat.bench;

import java.util.List;

/**
 * A stream of messages in one direction over one connection.
 *
 * @param name for people, and for the processes to name to each other which it is
 * @param subject what carries it
 * @param channels over how many it is spread, one message after the other
 * @param bytes of each message
 * @param sendBufferBytes of the sender's socket, where the subject is not the plain one, which has
 *     what the kernel gives it
 */
public record Workload(String name, Subject subject, int channels, int bytes, int sendBufferBytes) {
    private static final int MIB = 1 << 20;
    private static final int DEFAULT = 64 * 1024;
    private static final int LARGE = 512 * 1024;

    /** Every one there is; those of one size together, the plain socket first. */
    public static final List<Workload> ALL = List.of(
            new Workload("plain 100 B", Subject.PLAIN, 1, 100, 0),
            new Workload("channel 0, 100 B", Subject.BUS, 1, 100, DEFAULT),
            new Workload("channel 100 B", Subject.CHANNELS, 1, 100, DEFAULT),
            new Workload("channel 100 B, inline", Subject.INLINE_CHANNELS, 1, 100, DEFAULT),
            new Workload("100 channels 100 B", Subject.CHANNELS, 100, 100, DEFAULT),
            new Workload("100 channels 100 B, inline", Subject.INLINE_CHANNELS, 100, 100, DEFAULT),
            new Workload("plain 1 MiB", Subject.PLAIN, 1, MIB, 0),
            new Workload("plain 1 MiB, kept", Subject.PLAIN_KEPT, 1, MIB, 0),
            new Workload("channel 0, 1 MiB", Subject.BUS, 1, MIB, DEFAULT),
            new Workload("channel 1 MiB", Subject.CHANNELS, 1, MIB, DEFAULT),
            new Workload("channel 1 MiB, inline", Subject.INLINE_CHANNELS, 1, MIB, DEFAULT),
            new Workload("channel 1 MiB, SO_SNDBUF 512 KiB", Subject.CHANNELS, 1, MIB, LARGE),
            new Workload("channel 1 MiB, inline, SO_SNDBUF 512 KiB", Subject.INLINE_CHANNELS, 1, MIB, LARGE));

    /** The one of this name. */
    static Workload named(String name) {
        return ALL.stream()
                .filter(workload -> workload.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload is named " + name));
    }

    /** Whether it is what others of its size are compared with. */
    public boolean isBaseline() {
        return subject == Subject.PLAIN;
    }
}
