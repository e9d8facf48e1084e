/**
 * A whole fleet under the faults that a seed chooses, watched by an oracle that knows the bus from
 * outside only: {@link dev.heartbeat.testkit.fleet.FleetRun}.
 */
@NullMarked
package dev.heartbeat.testkit.fleet;

import org.jspecify.annotations.NullMarked;
