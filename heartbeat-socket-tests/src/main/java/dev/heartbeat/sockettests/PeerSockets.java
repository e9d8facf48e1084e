package dev.heartbeat.sockettests;

import java.io.IOException;
import java.net.Socket;
import java.util.ServiceLoader;

/**
 * The sockets of raw peers, where the tested transport has a layer over each of its connections. A
 * module that tests such a transport brings one by {@link ServiceLoader}; else sockets are plain.
 */
public interface PeerSockets {

    /** {@return a socket that speaks through the layer as a client, over a connected one} */
    Socket ofClient(Socket plain) throws IOException;

    /** {@return a socket that speaks through the layer as a server, over an accepted one} */
    Socket ofServer(Socket plain) throws IOException;

    /** Ends the stream that this side sends. */
    default void end(Socket socket) throws IOException {
        socket.shutdownOutput();
    }

    /** {@return those of the module that runs these tests} */
    static PeerSockets found() {
        return ServiceLoader.load(PeerSockets.class).findFirst().orElse(new PeerSockets() {
            @Override
            public Socket ofClient(Socket plain) {
                return plain;
            }

            @Override
            public Socket ofServer(Socket plain) {
                return plain;
            }
        });
    }
}
