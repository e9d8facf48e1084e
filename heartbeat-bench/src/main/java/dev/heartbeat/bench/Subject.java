package dev.heartbeat.bench;

import java.io.IOException;

/** What carries messages. */
public enum Subject {
    /** A socket and a length before each message, written by hand. */
    PLAIN {
        @Override
        Receiver receiver(Workload workload) throws IOException {
            return new PlainReceiver(workload);
        }

        @Override
        Sender sender(Workload workload, int port) throws IOException {
            return new PlainSender(workload, port);
        }
    },
    /** The bus, from a node to the server, on channel 0. */
    BUS {
        @Override
        Receiver receiver(Workload workload) {
            return new BusReceiver(workload);
        }

        @Override
        Sender sender(Workload workload, int port) {
            return new BusSender(workload, port);
        }
    };

    abstract Receiver receiver(Workload workload) throws IOException;

    abstract Sender sender(Workload workload, int port) throws IOException;
}
