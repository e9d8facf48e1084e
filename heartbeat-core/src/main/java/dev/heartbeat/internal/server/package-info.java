/** The server: its start and end, the nodes of its connections, their sessions. */
@NullMarked
package dev.heartbeat.internal.server;

import org.jspecify.annotations.NullMarked;
