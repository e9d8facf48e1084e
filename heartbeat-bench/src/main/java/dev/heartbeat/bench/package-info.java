/**
 * Measurements between processes, from outside the bus: streams of messages
 * ({@link dev.heartbeat.bench.MessageBenchmark}), heartbeats beside bulk
 * ({@link dev.heartbeat.bench.BulkBenchmark}), a message to all
 * ({@link dev.heartbeat.bench.FanOutBenchmark}), and nodes that never read
 * ({@link dev.heartbeat.bench.SlowConsumerBenchmark}).
 */
@NullMarked
package dev.heartbeat.bench;

import org.jspecify.annotations.NullMarked;
