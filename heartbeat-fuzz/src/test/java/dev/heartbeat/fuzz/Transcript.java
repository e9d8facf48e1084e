package dev.heartbeat.fuzz;

import dev.heartbeat.internal.frame.ErrorCode;
import dev.heartbeat.internal.frame.FrameHandler;
import dev.heartbeat.internal.frame.FrameType;
import dev.heartbeat.internal.frame.PeerError;
import dev.heartbeat.internal.frame.ProtocolException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down every call that a decoder makes. */
final class Transcript implements InvocationHandler {
    private final int framesWanted;
    private final List<String> calls = new ArrayList<>();
    private final List<FrameType> frames = new ArrayList<>();
    private final List<PeerError> errors = new ArrayList<>();
    private int framesBehindTheLast;

    /**
     * @param framesWanted after which it wants no more
     */
    Transcript(int framesWanted) {
        this.framesWanted = framesWanted;
    }

    FrameHandler handler() {
        return (FrameHandler)
                Proxy.newProxyInstance(FrameHandler.class.getClassLoader(), new Class<?>[] {FrameHandler.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) throws ProtocolException {
        String name = method.getName();
        if (name.equals("takesMore")) {
            return frames.size() < framesWanted;
        }
        calls.add(name + Arrays.stream(arguments).map(Transcript::text).toList());
        switch (name) {
            case "onFrame" -> onFrame((FrameType) arguments[0]);
            case "onError" -> errors.add((PeerError) arguments[1]);
            // A handler may refuse a frame.
            case "onUpdate" -> throw new ProtocolException(ErrorCode.UNSUPPORTED_NODE_FEATURE, "not offered");
            default -> {}
        }
        return null;
    }

    private void onFrame(@Nullable FrameType type) {
        if (connectionErrors() > 0) {
            framesBehindTheLast++;
        }
        frames.add(type);
    }

    private static String text(@Nullable Object argument) {
        if (argument instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return HexFormat.of().formatHex(copy);
        }
        return argument instanceof ProtocolException e ? e.code() + " " + e.text() : String.valueOf(argument);
    }

    List<String> calls() {
        return calls;
    }

    /** The types of all frames; null for one that is unknown and may be ignored. */
    List<FrameType> frames() {
        return frames;
    }

    List<PeerError> errors() {
        return errors;
    }

    long connectionErrors() {
        return errors.stream()
                .filter(error -> error.scope() == ErrorCode.Scope.CONNECTION)
                .count();
    }

    /** Frames that came after an ERROR of the connection, which nothing may follow. */
    int framesBehindTheLast() {
        return framesBehindTheLast;
    }
}
