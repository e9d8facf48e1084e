package dev.heartbeat.jfr;

import java.util.function.LongSupplier;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;

/** Connections were closed, since they took no bytes for too long. */
@Name("dev.heartbeat.WriteStall")
@Label("Write Stall")
@Description("Connections were closed within the last period, since they took no bytes for writeStallTimeout")
@Period("1 s")
final class WriteStallEvent extends HeartbeatEvent {
    @Label("Port")
    int port;

    @Label("Connections")
    long connections;

    /** Makes one event for each period with such a connection. On the recorder's thread. */
    static final class Reader implements Runnable {
        private final int port;
        private final LongSupplier count;
        private long closed;

        /**
         * @param count of the connections that were ever closed so
         */
        Reader(int port, LongSupplier count) {
            this.port = port;
            this.count = count;
            closed = count.getAsLong();
        }

        @Override
        public void run() {
            long now = count.getAsLong();
            if (now > closed) {
                WriteStallEvent event = new WriteStallEvent();
                event.port = port;
                event.connections = now - closed;
                event.commit();
            }
            closed = now;
        }
    }
}
