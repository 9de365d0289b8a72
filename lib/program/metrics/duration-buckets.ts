/** Bounds of the buckets in which durations are counted, in seconds: from the cost of parsing to the deadline of a connection. */
export const durationBuckets = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15,
];
