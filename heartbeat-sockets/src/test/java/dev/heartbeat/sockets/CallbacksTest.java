package dev.heartbeat.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CallbacksTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final Callbacks callbacks = new Callbacks(failures::add);
    private final List<Runnable> left = new ArrayList<>();
    private final Executor threads = left::add;

    @AfterEach
    void noTurnIsLeft() {
        callbacks.endTurn();
    }

    private static Runnable call() {
        // A new one each time, which a method reference would not be.
        return new Runnable() {
            @Override
            public void run() {}
        };
    }

    @Test
    void outsideATurnNoneGoesWithIt() {
        assertThat(Callbacks.goesWithTurn(threads, call())).isFalse();
        callbacks.beginTurn();
        callbacks.endTurn();
        assertThat(Callbacks.goesWithTurn(threads, call())).isFalse();
    }

    @Test
    void thoseOfATurnLeaveAtItsEndInTheirOrder() {
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        assertThat(Callbacks.goesWithTurn(threads, first)).isTrue();
        assertThat(Callbacks.goesWithTurn(threads, second)).isTrue();
        assertThat(left).isEmpty();
        callbacks.endTurn();
        assertThat(left).containsExactly(first, second);
    }

    @Test
    void callbackWithoutThreadHurtsNoOther() {
        Error planted = new OutOfMemoryError("planted");
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        Executor scarce = call -> {
            if (call == first) {
                throw planted;
            }
            left.add(call);
        };
        Callbacks.goesWithTurn(scarce, first);
        Callbacks.goesWithTurn(scarce, second);
        callbacks.endTurn();
        assertThat(left).containsExactly(second);
        assertThat(failures).containsExactly(planted);
    }

    @Test
    void manyDoNotWaitForTheEnd() {
        callbacks.beginTurn();
        for (int i = 0; i < 200; i++) {
            Callbacks.goesWithTurn(threads, call());
        }
        assertThat(left).hasSizeGreaterThan(100);
        callbacks.endTurn();
        assertThat(left).hasSize(200);
    }

    @Test
    void dueCallbacksLeaveOnDemandAndLaterOnesWithTheTurn() {
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        Callbacks.goesWithTurn(threads, first);
        callbacks.submit();
        assertThat(left).containsExactly(first);
        Callbacks.goesWithTurn(threads, second);
        assertThat(left).containsExactly(first);
        callbacks.endTurn();
        assertThat(left).containsExactly(first, second);
    }

    @Test
    void thoseForOtherThreadsLeaveToThem() {
        List<Runnable> others = new ArrayList<>();
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        Callbacks.goesWithTurn(threads, first);
        Callbacks.goesWithTurn(others::add, second);
        callbacks.endTurn();
        assertThat(left).containsExactly(first);
        assertThat(others).containsExactly(second);
    }

    @Test
    void threadsThatTakeNoneAnyMoreDisturbNobody() {
        Runnable first = call();
        callbacks.beginTurn();
        Callbacks.goesWithTurn(
                task -> {
                    throw new RejectedExecutionException();
                },
                call());
        Callbacks.goesWithTurn(threads, first);
        callbacks.endTurn();
        assertThat(left).containsExactly(first);
    }

    /** They would come back to those that refuse them, without end. */
    @Test
    void whatThreadsHandOnToOthersLeavesToThemAtOnce() {
        Executor others = Callbacks.withTurns(left::add);
        Executor refusing = Callbacks.withTurns(others);
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        refusing.execute(first);
        refusing.execute(second);
        assertThat(left).isEmpty();
        callbacks.submit();
        assertThat(left).containsExactly(first, second);
        callbacks.endTurn();
        assertThat(left).containsExactly(first, second);
    }

    @Test
    void callbacksOfTwoTurnsOnOneThreadLeaveWithEither() {
        Callbacks other = new Callbacks(failures::add);
        Runnable first = call();
        Runnable second = call();
        callbacks.beginTurn();
        Callbacks.goesWithTurn(threads, first);
        other.beginTurn();
        Callbacks.goesWithTurn(threads, second);
        callbacks.endTurn();
        assertThat(left).containsExactly(first);
        other.endTurn();
        assertThat(left).containsExactly(first, second);
    }
}
