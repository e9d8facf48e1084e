/** The default transport: plain {@code java.nio} selectors. */
@NullMarked
package dev.heartbeat.nio;

import org.jspecify.annotations.NullMarked;
