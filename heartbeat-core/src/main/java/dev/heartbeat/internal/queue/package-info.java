/**
 * Bounded queues between event loops and the application's threads: serial executors towards the
 * application, outboxes from it.
 */
@NullMarked
package dev.heartbeat.internal.queue;

import org.jspecify.annotations.NullMarked;
