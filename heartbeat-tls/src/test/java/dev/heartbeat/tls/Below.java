package dev.heartbeat.tls;

import dev.heartbeat.spi.Transport;
import dev.heartbeat.spi.TransportOptions;
import dev.heartbeat.spi.TransportProvider;
import java.util.stream.Stream;

/** The transport below TLS, by its name. */
record Below(String name) {

    /** Those that the property {@code heartbeat.tls.transports} names. */
    static Stream<Below> all() {
        return Stream.of(System.getProperty("heartbeat.tls.transports", "nio").split(","))
                .map(Below::new);
    }

    /** The one that is below where only one is tested. */
    static Below first() {
        return all().findFirst().orElseThrow();
    }

    Transport start(TransportOptions options) {
        return TransportProvider.named(name).create(options);
    }

    @Override
    public String toString() {
        return name;
    }
}
