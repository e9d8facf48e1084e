/** Shows a server over HTTP: {@link dev.heartbeat.admin.HeartbeatAdmin}. */
@NullMarked
package dev.heartbeat.admin;

import org.jspecify.annotations.NullMarked;
