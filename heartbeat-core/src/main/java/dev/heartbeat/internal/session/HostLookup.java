package dev.heartbeat.internal.session;

import dev.heartbeat.internal.loop.Deadline;
import dev.heartbeat.internal.loop.Loop;
import dev.heartbeat.spi.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the addresses of a host, and ends within a time of its own, whatever the resolver does. */
public final class HostLookup {
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    /** The JDK makes an address or an error of what matches, and asks nobody. */
    private static final Pattern IPV6 = Pattern.compile("\\[?(:|[0-9A-Fa-f]+:)[0-9A-Fa-f:.]*(%[^\\]]+)?]?");

    private HostLookup() {}

    /**
     * Completes with one address at least, or exceptionally with an {@link IOException} that names
     * the host and has the reason as its cause. For the literal of an address it is complete when
     * this returns. Never throws. Any thread.
     */
    public static CompletableFuture<List<InetAddress>> lookUp(
            String host, Resolver resolver, Loop loop, Duration timeout) {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        try {
            if (isLiteral(host)) {
                found.complete(List.of(InetAddress.getByName(host)));
                return found;
            }
            CompletionStage<?> unused = resolver.resolve(host)
                    .whenComplete((addresses, failure) -> settle(found, host, addresses, failure));
        } catch (Throwable e) {
            found.completeExceptionally(failure(host, e));
        }
        if (!found.isDone()) {
            limit(found, host, loop, timeout);
        }
        return found;
    }

    /** Whether it is an address already: to be told so nobody has to be asked. */
    static boolean isLiteral(String host) {
        return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
    }

    private static void settle(
            CompletableFuture<List<InetAddress>> found,
            String host,
            @Nullable List<InetAddress> addresses,
            @Nullable Throwable failure) {
        try {
            if (failure == null && addresses != null && !addresses.isEmpty()) {
                found.complete(List.copyOf(addresses));
            } else {
                found.completeExceptionally(failure(host, failure));
            }
        } catch (RuntimeException e) { // An address that is null.
            found.completeExceptionally(failure(host, e));
        }
    }

    private static IOException failure(String host, @Nullable Throwable failure) {
        Throwable reason = failure;
        while (reason instanceof CompletionException && reason.getCause() != null) {
            reason = reason.getCause();
        }
        return reason == null || reason instanceof UnknownHostException
                ? new IOException(
                        "unknown host " + host,
                        Objects.requireNonNullElseGet(reason, () -> new UnknownHostException(host)))
                : new IOException("cannot look up " + host + ": " + text(reason), reason);
    }

    private static String text(Throwable reason) {
        return reason instanceof IOException && reason.getMessage() != null ? reason.getMessage() : reason.toString();
    }

    private static void limit(CompletableFuture<List<InetAddress>> found, String host, Loop loop, Duration timeout) {
        Deadline deadline = new Deadline(() -> found.completeExceptionally(failure(
                host,
                new SocketTimeoutException(
                        "no answer to the look-up of " + host + " within " + timeout.toMillis() + " ms"))));
        loop.execute(() -> {
            if (!found.isDone()) {
                loop.arm(deadline, timeout.toNanos());
                CompletableFuture<?> unused =
                        found.whenComplete((addresses, failure) -> loop.execute(() -> loop.cancel(deadline)));
            }
        });
    }
}
