/**
 * The whole bus in one thread, on virtual time: for the tests of the library, and for the tests of
 * applications built on it. Begin with {@link dev.heartbeat.testkit.Simulation}.
 */
@NullMarked
package dev.heartbeat.testkit;

import org.jspecify.annotations.NullMarked;
