/** Files that authenticators look at again and again; for the modules of authenticators. */
@NullMarked
package dev.heartbeat.credentials.internal;

import org.jspecify.annotations.NullMarked;
