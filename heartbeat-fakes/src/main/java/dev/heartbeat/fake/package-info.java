/**
 * What core stands on, turned by the test that holds it: no sockets, no threads, and no time but
 * what a test lets pass. The simulation of the testkit is a network; these are single parts, for
 * tests of one class, for races, for fuzzing and for benchmarks.
 */
@NullMarked
package dev.heartbeat.fake;

import org.jspecify.annotations.NullMarked;
