/**
 * TLS between a transport and the bus: {@link dev.heartbeat.tls.ServerTls} for a server,
 * {@link dev.heartbeat.tls.ClientTls} for a client.
 */
@NullMarked
package dev.heartbeat.tls;

import org.jspecify.annotations.NullMarked;
