/** Probes, metrics, an API and a live page over HTTP: {@link dev.heartbeat.admin.HeartbeatAdmin}. */
@NullMarked
package dev.heartbeat.admin;

import org.jspecify.annotations.NullMarked;
