import type { Action } from "../application/action.ts";

/** What a registry of metrics can do. */
export interface MetricsSource {
  /** Prometheus text format. */
  metrics(): Promise<string>;
  readonly contentType: string;
}

/** Figures for Prometheus. */
export function metricsAction(source: MetricsSource): Action {
  return {
    name: "metrics",
    methods: ["GET"],
    summary: "figures for Prometheus",
    async perform() {
      return { status: 200, contentType: source.contentType, body: await source.metrics() };
    },
  };
}
