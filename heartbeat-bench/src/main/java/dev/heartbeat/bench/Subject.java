package dev.heartbeat.bench;

import dev.heartbeat.ChannelOptions.Delivery;
import java.io.IOException;

/** The carrier of the messages. */
public enum Subject {
    /** A socket and a length before each message, written by hand. */
    PLAIN {
        @Override
        Receiver receiver(Workload workload) throws IOException {
            return new PlainReceiver(workload, false);
        }

        @Override
        Sender sender(Workload workload, int port) throws IOException {
            return new PlainSender(workload, port);
        }
    },
    /**
     * The same, but each message is the application's to keep, as the bus gives it to a listener
     * that is not inline.
     */
    PLAIN_KEPT {
        @Override
        Receiver receiver(Workload workload) throws IOException {
            return new PlainReceiver(workload, true);
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
    },
    /** Named channels that a node opens, received on worker threads. */
    CHANNELS {
        @Override
        Receiver receiver(Workload workload) {
            return new ChannelReceiver(workload, Delivery.PUSH);
        }

        @Override
        Sender sender(Workload workload, int port) {
            return new ChannelSender(workload, port);
        }
    },
    /** Named channels that a node opens, received on the event loop. */
    INLINE_CHANNELS {
        @Override
        Receiver receiver(Workload workload) {
            return new ChannelReceiver(workload, Delivery.INLINE);
        }

        @Override
        Sender sender(Workload workload, int port) {
            return new ChannelSender(workload, port);
        }
    };

    abstract Receiver receiver(Workload workload) throws IOException;

    abstract Sender sender(Workload workload, int port) throws IOException;
}
