import type { EmfOutput } from "@aws-lambda-powertools/metrics/types";

/**
 * Metrics in CloudWatch's embedded metric format, without what the format takes for granted anyway: each successful
 * request writes such a line, and log bytes cost more than the queue. A metric without a unit has `None`, and the
 * empty set of dimensions is one ("MetricDefinition object" and "DimensionSet array" in the format's specification).
 *
 * @param facts what the line says besides, as a log line
 */
export function metricsLine(output: EmfOutput, facts: Readonly<Record<string, string | number>>): string {
  const { Timestamp, CloudWatchMetrics } = output._aws;
  return JSON.stringify({
    ...output,
    ...facts,
    _aws: {
      Timestamp,
      CloudWatchMetrics: CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => ({
        Namespace,
        Dimensions: Dimensions[0] === undefined ? [[]] : Dimensions,
        Metrics: Metrics.map(({ Unit, ...metric }) => (Unit === "None" ? metric : { Unit, ...metric })),
      })),
    },
  });
}
