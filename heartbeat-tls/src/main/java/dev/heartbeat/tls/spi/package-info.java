/** The part of TLS that an engine brings: the JDK's is built in, OpenSSL's is a module. */
@NullMarked
package dev.heartbeat.tls.spi;

import org.jspecify.annotations.NullMarked;
