/**
 * A transport without sockets, threads and time, so that a benchmark measures the bus and nothing
 * below it.
 */
@NullMarked
package dev.heartbeat.bench.still;

import org.jspecify.annotations.NullMarked;
