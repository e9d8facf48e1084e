/** Protocol state of a peer, and all that one event loop owns. */
@NullMarked
package dev.heartbeat.internal.session;

import org.jspecify.annotations.NullMarked;
