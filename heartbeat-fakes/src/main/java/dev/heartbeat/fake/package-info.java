/**
 * The ground of core, moved by the test: no sockets, no threads, and no time but the test's. The
 * simulation of the testkit is a network; these are single parts, for tests of one class, for
 * races, for fuzzing and for benchmarks.
 */
@NullMarked
package dev.heartbeat.fake;

import org.jspecify.annotations.NullMarked;
