/**
 * The common part of every transport on sockets, whoever polls them: connections, listeners and
 * connects, the turn of a loop, and what is written in it. A transport brings the
 * {@link dev.heartbeat.sockets.SocketLoop loop} that polls, and the sockets' system calls.
 */
@NullMarked
package dev.heartbeat.sockets;

import org.jspecify.annotations.NullMarked;
