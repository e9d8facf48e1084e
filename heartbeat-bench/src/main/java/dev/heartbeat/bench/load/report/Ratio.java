package dev.heartbeat.bench.load.report;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The median of ratios, each of two turns of the same round, and an interval that the true median
 * lies in. The interval is from one order statistic to another, which supposes nothing about how
 * the ratios are distributed: the true median is below the k-th smallest of n only if fewer than k
 * of them fell below it, which has the chance of fewer than k heads in n tosses.
 *
 * @param median of the ratios
 * @param low where the interval begins
 * @param high where it ends
 * @param confidence the chance that the true median is in it: at least 0.95 if there are six or
 *     more, else what all of them give
 */
public record Ratio(double median, double low, double high, double confidence) {
    private static final double WANTED = 0.95;

    /** The ratio of these, one by one. */
    public static Ratio of(List<Double> numerators, List<Double> denominators) {
        return of(IntStream.range(0, numerators.size())
                .mapToDouble(i -> numerators.get(i) / denominators.get(i))
                .toArray());
    }

    static Ratio of(double[] ratios) {
        double[] sorted = DoubleStream.of(ratios).sorted().toArray();
        int k = 1;
        while (confidence(k + 1, sorted.length) >= WANTED) {
            k++;
        }
        return new Ratio(median(sorted), sorted[k - 1], sorted[sorted.length - k], confidence(k, sorted.length));
    }

    /** The median of numbers in order. */
    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** That the true median is between the k-th smallest and the k-th largest of n. */
    private static double confidence(int k, int n) {
        double fewerThanK = 0;
        double exactly = Math.pow(0.5, n);
        for (int heads = 0; heads < k; heads++) {
            fewerThanK += exactly;
            exactly = exactly * (n - heads) / (heads + 1);
        }
        return 1 - 2 * fewerThanK;
    }
}
