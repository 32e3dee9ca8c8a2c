package io.smokescreen.cli.metrics;

import io.smokescreen.api.Metric;

/** Upper bounds of histogram buckets, in base units. */
final class Buckets {

    /** A lookup, a connect, the proxy's own share: from what a cache answers to where every timeout has struck. */
    private static final double[] LATENCY = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    /** From a request to a tunnel that a week does not end: 100 ms, 1 s, 5 s … 1 h, 4 h, 12 h, 1 d, 3 d, 7 d. */
    private static final double[] LIFE = {0.1, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800};

    /** Powers of 4 from 256 bytes to 16 GiB. */
    private static final double[] SIZE = {
        1 << 8, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1 << 30,
        1L << 32, 1L << 34
    };

    private Buckets() {}

    static double[] of(Metric metric) {
        double[] bounds = switch (metric.unit()) {
            case BYTES -> SIZE;
            case NONE, SECONDS, MILLISECONDS -> metric == Metric.CONNECTION_DURATION ? LIFE : LATENCY;
        };
        return bounds.clone();
    }
}
