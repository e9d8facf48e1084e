/** Identities: the node table, its entries, and the ordered delivery of their events. */
@NullMarked
package dev.heartbeat.internal.node;

import org.jspecify.annotations.NullMarked;
