package dev.heartbeat.cli;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.format.OutputFormat;

/** The results that JMH has by now, listened to on their way to its output. */
final class MeasuredSoFar {
    /** By benchmark: JMH reports one anew after each fork, over all of its forks. */
    private final Map<BenchmarkParams, RunResult> results = new LinkedHashMap<>();

    /** An output of JMH that says the same, and is listened to. */
    OutputFormat listeningTo(OutputFormat output) {
        return (OutputFormat) Proxy.newProxyInstance(
                MeasuredSoFar.class.getClassLoader(),
                new Class<?>[] {OutputFormat.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("endBenchmark") && arguments[0] instanceof BenchmarkResult result) {
                        add(result);
                    }
                    return invoke(output, method, arguments);
                });
    }

    private static @Nullable Object invoke(OutputFormat output, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(output, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private synchronized void add(BenchmarkResult result) {
        results.put(result.getParams(), new RunResult(result.getParams(), List.of(result)));
    }

    synchronized int size() {
        return results.size();
    }

    /** Prints JMH's table of them. */
    synchronized void print(PrintStream out) {
        if (!results.isEmpty()) {
            ResultFormatFactory.getInstance(ResultFormatType.TEXT, out).writeOut(new ArrayList<>(results.values()));
        }
    }
}
