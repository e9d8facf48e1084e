/**
 * The source of the load: {@link dev.heartbeat.bench.load.generator.Generator} is a process, and
 * {@link dev.heartbeat.bench.load.generator.Turn} what it reports.
 */
@NullMarked
package dev.heartbeat.bench.load.generator;

import org.jspecify.annotations.NullMarked;
