/**
 * The heartbeat bus as applications use it: {@link dev.heartbeat.HeartbeatServer} knows which nodes
 * are alive, {@link dev.heartbeat.HeartbeatClient} is a node.
 */
@NullMarked
package dev.heartbeat;

import org.jspecify.annotations.NullMarked;
