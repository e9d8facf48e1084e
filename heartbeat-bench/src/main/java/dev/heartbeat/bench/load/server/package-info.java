/**
 * Servers that are put under load, each in a process of its own: Heartbeat, and what it is compared
 * with.
 */
@NullMarked
package dev.heartbeat.bench.load.server;

import org.jspecify.annotations.NullMarked;
