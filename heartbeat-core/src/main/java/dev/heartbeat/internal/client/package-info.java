/** The client: its connections one after the other, reconnecting, the nodes it speaks for. */
@NullMarked
package dev.heartbeat.internal.client;

import org.jspecify.annotations.NullMarked;
