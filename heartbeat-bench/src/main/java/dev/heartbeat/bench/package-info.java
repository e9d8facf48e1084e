/** Streams of messages between two processes, measured from outside the bus: {@link dev.heartbeat.bench.MessageBenchmark}. */
@NullMarked
package dev.heartbeat.bench;

import org.jspecify.annotations.NullMarked;
