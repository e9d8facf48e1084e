package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ProtocolException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Takes back what a renewed grant does not cover: channels that the node opened, the group that its
 * metadata name, and the places of nodes that it speaks for. Other nodes are asked for with each
 * message, so there is nothing to take back. On the loop.
 */
final class Narrowing {
    private Narrowing() {}

    /** Judges all that the node has by its new grant, which nodes without one of their own share. */
    static void apply(NodeBinding node, Grant granted) throws ProtocolException {
        node.session.endUngrantedChannels();
        leaveUngrantedGroup(node);
        Attachments others = node.handle() == 0 ? node.gateway().attachments() : null;
        if (others != null) {
            others.forEach(other -> {
                if (other.standing() == null) {
                    judge(other, granted);
                }
            });
        }
    }

    private static void judge(AttachedBinding other, Grant granted) {
        if (granted.mayAttach(other.nodeId())) {
            leaveUngrantedGroup(other);
        } else {
            other.expire("the node is no longer granted to its gateway");
        }
    }

    /** The server's view of the metadata changes, and the node hears why. */
    private static void leaveUngrantedGroup(NodeBinding node) {
        ServerSession session = node.session;
        Map<String, String> metadata = node.registration().metadata();
        if (session.loop.registration.mayNameGroupOf(node.grant(), metadata)) {
            return;
        }
        Map<String, String> rest = new LinkedHashMap<>(metadata);
        rest.remove(session.loop.server.options.groupKey());
        if (node.registration().entry().changeMetadata(node.registration(), rest) != null) {
            // Events yet to be reported hold the metadata before, and leave no room for others.
            node.expire("the group is no longer granted to the node");
        } else if (node.isCurrent()) {
            session.report(node.handle(), RegistrationHandler.groupForbidden());
        }
    }
}
