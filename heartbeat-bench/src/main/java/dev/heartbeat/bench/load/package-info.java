/**
 * Load on real sockets: servers in processes of their own, side by side under the same scenario.
 */
@NullMarked
package dev.heartbeat.bench.load;

import org.jspecify.annotations.NullMarked;
