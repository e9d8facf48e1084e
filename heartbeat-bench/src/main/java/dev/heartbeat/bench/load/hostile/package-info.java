/**
 * Peers that mean harm, in a process of their own.
 * {@link dev.heartbeat.bench.load.hostile.Attackers} obeys the scenario, and an
 * {@link dev.heartbeat.bench.load.hostile.Attack} is what one of them does.
 */
@NullMarked
package dev.heartbeat.bench.load.hostile;

import org.jspecify.annotations.NullMarked;
