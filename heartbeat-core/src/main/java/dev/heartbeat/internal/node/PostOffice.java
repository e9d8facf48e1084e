package dev.heartbeat.internal.node;

import dev.heartbeat.Node;
import dev.heartbeat.SendResult;
import dev.heartbeat.UndeliveredException.Reason;
import dev.heartbeat.internal.frame.Envelope;
import dev.heartbeat.internal.queue.IncomingMessage;
import dev.heartbeat.internal.queue.Mailbox;
import dev.heartbeat.internal.queue.OutgoingMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link NodeMail} that a message is for: that of the current stay of a node. The look at
 * the stay and what is done with its mail are one step under the lock of the {@link NodeEntry}
 * where the order with its events matters. One for all nodes of a table, so that none pays for it.
 * Any thread.
 */
public final class PostOffice {
    private final NodeTable table;

    PostOffice(NodeTable table) {
        this.table = table;
    }

    /** Makes it with the first message. Under the entry's lock. */
    private NodeMail mailOf(Registration registration) {
        NodeMail mail = registration.mail;
        if (mail == null) {
            mail = new NodeMail(registration.entry, table, registration);
            registration.mail = mail;
        }
        return mail;
    }

    /** That of the current stay; null if it has none. Under the entry's lock. */
    private static @Nullable NodeMail currentMail(NodeEntry entry) {
        Registration current = entry.current();
        return current == null ? null : current.mail;
    }

    // ---- what comes from a node

    /**
     * Hands a message to the application, in order with the events. The node's answer goes to the
     * one that asked.
     *
     * @return false if the registration is not the current one, and nothing has been done
     */
    public boolean deliver(Registration from, IncomingMessage message) {
        synchronized (from.entry) {
            if (from.entry.current() != from) {
                return false;
            }
            mailOf(from).deliver(from, message);
            return true;
        }
    }

    /** The process of this registration waits for no answer to a request any more. */
    public void cancelled(Registration from, Envelope request) {
        NodeMail mail;
        synchronized (from.entry) {
            mail = from.entry.current() == from ? from.mail : null;
        }
        if (mail != null) {
            mail.cancelled(request);
        }
    }

    /** The node for which a request was passed on to this one waits for no answer any more. */
    void cancelPassedOn(NodeEntry to, Envelope request) {
        NodeMail mail;
        synchronized (to) {
            mail = currentMail(to);
        }
        if (mail != null) {
            mail.mailbox().cancelPassedOn(request);
        }
    }

    /** A message accepted for another node on behalf of this one did not reach it. */
    void notPassedOn(NodeEntry from, Envelope envelope, String destination, Reason reason) {
        Registration sender;
        NodeMail mail;
        synchronized (from) {
            sender = from.current();
            if (sender == null) {
                return;
            }
            mail = mailOf(sender);
        }
        mail.notPassedOn(sender, envelope, destination, String.valueOf(reason));
    }

    // ---- what goes to a node

    /** An answer to the process that asked by this registration, over whichever connection. */
    SendResult answer(Registration asker, OutgoingMessage answer) {
        NodeEntry entry = asker.entry;
        synchronized (entry) {
            Registration current = entry.current();
            if (current == null || current.incarnation != asker.incarnation) {
                return SendResult.CLOSED;
            }
        }
        return offer(entry, answer);
    }

    SendResult offer(NodeEntry to, OutgoingMessage message) {
        Mailbox mailbox = openMailbox(to);
        return mailbox == null ? SendResult.CLOSED : mailbox.offer(message);
    }

    /** That of the current stay; null if the node is not registered, or is being sent away. */
    @Nullable
    Mailbox acceptingMailbox(NodeEntry of) {
        synchronized (of) {
            Registration current = of.current();
            return current == null || current.leaving ? null : mailOf(current).mailbox();
        }
    }

    /** That of the current stay; null if the node is not registered. */
    private @Nullable Mailbox openMailbox(NodeEntry of) {
        synchronized (of) {
            Registration current = of.current();
            return current == null ? null : mailOf(current).mailbox();
        }
    }

    /**
     * Offers the node what is sent to many. Whoever is not registered, is being sent away, or is
     * not in the group any more, is no recipient.
     */
    void offer(NodeEntry to, Broadcast broadcast) {
        wake(accept(to, broadcast));
    }

    /** Likewise, of several in order. Between two of them another message may come. */
    void offer(NodeEntry to, List<Broadcast> broadcasts) {
        Registration accepting = null;
        for (Broadcast broadcast : broadcasts) {
            Registration has = accept(to, broadcast);
            accepting = has == null ? accepting : has;
        }
        wake(accepting);
    }

    /** Offers it to the node that was chosen, and not to another process that has its id by now. */
    void offer(NodeEntry to, Broadcast broadcast, Node chosen) {
        Registration accepting;
        synchronized (to) {
            Registration current = to.current();
            if (current == null || current.incarnation != chosen.incarnation()) {
                broadcast.missed();
                return;
            }
            accepting = accept(to, broadcast);
        }
        wake(accepting);
    }

    /**
     * The registration that has it now; null if there is none. Whether it is for this node and that
     * it has it are one step.
     */
    private @Nullable Registration accept(NodeEntry to, Broadcast broadcast) {
        synchronized (to) {
            Registration of = to.current();
            return of != null
                            && !of.leaving
                            && broadcast.isFor(to)
                            && broadcast.offer(to, mailOf(of).mailbox())
                    ? of
                    : null;
        }
    }

    /** If another registration has taken its place since, that one found the message waiting. */
    private static void wake(@Nullable Registration accepting) {
        if (accepting != null) {
            accepting.owner.wake();
        }
    }
}
