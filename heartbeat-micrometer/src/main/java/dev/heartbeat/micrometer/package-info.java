/**
 * The counts of a server ({@link dev.heartbeat.micrometer.HeartbeatServerMetrics}) and of a client
 * ({@link dev.heartbeat.micrometer.HeartbeatClientMetrics}) as meters of Micrometer.
 *
 * @since 0.1
 */
@NullMarked
package dev.heartbeat.micrometer;

import org.jspecify.annotations.NullMarked;
