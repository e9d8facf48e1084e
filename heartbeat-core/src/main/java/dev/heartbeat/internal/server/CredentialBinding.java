package dev.heartbeat.internal.server;

import dev.heartbeat.auth.Grant;
import dev.heartbeat.internal.frame.ProtocolException;
import dev.heartbeat.internal.frame.Register;
import org.jspecify.annotations.Nullable;

/**
 * The place of a node that a gateway speaks for and that shows a credential of its own. It waits for
 * the authenticator before it is registered, and what is granted is its alone.
 */
final class CredentialBinding extends AttachedBinding implements Authentication.Asker {
    /** Null once it is decided. */
    private @Nullable Register register;

    private @Nullable Authentication asked;
    private @Nullable Standing standing;

    CredentialBinding(ServerSession session, int handle, Register register) {
        super(session, handle);
        this.register = register;
    }

    @Override
    @Nullable
    Standing standing() {
        return standing;
    }

    @Override
    public @Nullable Grant grant() {
        return standing == null ? null : standing.grant();
    }

    /** It takes its handle now, since those of further nodes are greater. */
    void ask(Authentications authentications, Register asking) {
        gateway().ensureAttachments().add(this);
        Authentication question =
                authentications.begin(session, asking.nodeId(), asking.credentialBytes(), asking.metadata(), this);
        if (!question.isOver()) {
            asked = question;
        }
    }

    @Override
    void takePlace() {
        // It has it since it asked.
    }

    @Override
    void abandon() {
        if (asked != null) {
            asked.abandon();
            asked = null;
        }
    }

    @Override
    public void onDecided(Grant decided) {
        asked = null;
        Register asking = register;
        register = null;
        if (asking == null || !session.isRegistered()) {
            return;
        }
        standing = new Standing(this, decided);
        try {
            session.loop.registration.onDecided(this, asking, decided);
        } catch (ProtocolException e) {
            session.fail(e);
        }
        leaveUnlessRegistered();
        session.pumpSoon();
    }

    @Override
    public void onUndecided(String why) {
        asked = null;
        if (session.isRegistered()) {
            session.sendForNow(handle(), why);
            leaveUnlessRegistered();
            session.pumpSoon();
        }
    }

    private void leaveUnlessRegistered() {
        Attachments all = session.own() == null ? null : gateway().attachments();
        if (!hasBegun() && all != null) {
            all.forget(this);
        }
    }
}
