/**
 * Where the load comes from: {@link dev.heartbeat.bench.load.generator.Generator} is a process, and
 * {@link dev.heartbeat.bench.load.generator.Turn} what it tells.
 */
@NullMarked
package dev.heartbeat.bench.load.generator;

import org.jspecify.annotations.NullMarked;
