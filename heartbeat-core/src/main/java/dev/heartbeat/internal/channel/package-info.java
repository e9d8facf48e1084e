/** The application's ends of channels: what it sends, receives, asks and answers. */
@NullMarked
package dev.heartbeat.internal.channel;

import org.jspecify.annotations.NullMarked;
