/**
 * A transport without sockets, threads and time, so that a benchmark measures the bus and nothing
 * below it. It is the fake of the tests, but for what must cost no more than it does on sockets.
 */
@NullMarked
package dev.heartbeat.bench.fake;

import org.jspecify.annotations.NullMarked;
