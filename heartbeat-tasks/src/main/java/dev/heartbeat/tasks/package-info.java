/**
 * Recurring tasks of an application, {@link dev.heartbeat.tasks.TaskScheduler}, and bounds for
 * handlers that call slow things, {@link dev.heartbeat.tasks.Limiter}.
 *
 * @since 0.1
 */
@NullMarked
package dev.heartbeat.tasks;

import org.jspecify.annotations.NullMarked;
