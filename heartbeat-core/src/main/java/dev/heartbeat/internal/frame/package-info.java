/** The bytes of HBP/2: the only package that knows an offset. */
@NullMarked
package dev.heartbeat.internal.frame;

import org.jspecify.annotations.NullMarked;
