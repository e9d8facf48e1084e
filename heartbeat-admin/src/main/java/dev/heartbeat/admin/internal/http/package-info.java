/** HTTP with bounds: a port, its routes, and who may ask. Knows nothing of the bus. */
@NullMarked
package dev.heartbeat.admin.internal.http;

import org.jspecify.annotations.NullMarked;
