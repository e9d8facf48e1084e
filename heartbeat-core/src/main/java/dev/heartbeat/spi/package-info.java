/**
 * The interface between the bus and a transport: the seam between the bus, which knows no socket,
 * and the adapters, which know no frame. Applications need nothing of it except to write a
 * transport of their own.
 */
@NullMarked
package dev.heartbeat.spi;

import org.jspecify.annotations.NullMarked;
