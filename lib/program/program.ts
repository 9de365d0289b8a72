import { actions } from "../actions/actions.ts";
import { healthAction } from "../actions/health.ts";
import { metricsAction } from "../actions/metrics.ts";
import type { Action } from "../application/action.ts";
import { InsertApplication } from "../application/insert-application.ts";
import { systemClock } from "../message/clock.ts";
import type { Queue } from "../queue/queue.ts";
import { type ConnectionObserver, noObserver } from "../server/connection-observer.ts";
import { Lifecycle } from "../server/lifecycle.ts";
import { MemoryBudget } from "../server/memory-budget.ts";
import { combinedObserver } from "./logs/combined-observer.ts";
import type { Logger } from "./logs/logger.ts";
import { onceAMinute } from "./logs/once-a-minute.ts";
import { problemLog } from "./logs/problem-log.ts";
import { requestLog } from "./logs/request-log.ts";
import { openStatisticsLog, type StatisticsLog } from "./logs/statistics-log.ts";
import { makeMetrics } from "./metrics/metrics.ts";
import { openDoors } from "./open-doors.ts";
import { fileLimitWarning } from "./open-files.ts";
import { openQueue } from "./queue/open-queue.ts";
import { embeddedNotice, locateQueue } from "./queue/queue-location.ts";
import type { ServeSettings } from "./settings/serve-settings.ts";

export interface ProgramOptions {
  readonly settings: ServeSettings;
  readonly log: Logger;
  /** Takes the ready lines, in their order; `ready` is the last. */
  readonly announce: (line: string) => void;
  /** Told when the program can only be stopped and started again; what was acknowledged is safe. */
  readonly onFailure: () => void;
}

/** The on-premises program: everything that `postern serve` runs, wired together. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #lifecycle: Lifecycle;
  /** What was opened, in the order in which it was; closed in reverse. */
  #resources = new AsyncDisposableStack();
  #statisticsLog: StatisticsLog | undefined;
  /** When all should be closed, in monotonic milliseconds: one timeout after the shutdown began. */
  #closeBy = Number.POSITIVE_INFINITY;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#lifecycle = new Lifecycle(
      () => this.#open(),
      () => this.#close(),
    );
  }

  /**
   * Resolves when every listener is bound and has been announced, or at once when it was shut down before.
   *
   * @throws {Error} with one line that says what is in the way; then nothing is left open
   */
  start(): Promise<void> {
    return this.#lifecycle.start();
  }

  /**
   * Stops accepting, answers what is in flight and closes the queue. At any time, any number of times; resolves when
   * all is closed.
   */
  shutdown(): Promise<void> {
    return this.#lifecycle.shutdown();
  }

  /** Opens log files again by their names, which logrotate has given to new ones. */
  reopenLogs(): void {
    this.#statisticsLog?.reopen(({ message: reason }) => {
      this.#options.log.error(
        { reason },
        "the statistics log cannot be reopened; writing on to the old file",
      );
    });
  }

  async #open(): Promise<void> {
    const { settings, log, announce, onFailure } = this.#options;
    const warning = fileLimitWarning(settings.maxConnections);
    if (warning !== undefined) log.warn(warning);
    await using resources = new AsyncDisposableStack();
    const statistics = this.#openStatistics(resources);
    const metrics = makeMetrics();
    const location = await locateQueue(settings, resources);
    const { queue, health } = await openQueue({
      settings,
      location,
      log,
      metrics,
      resources,
      timeToClose: () => this.#closeBy - systemClock.monotonic(),
      onFailure,
    });

    const admin = [healthAction(health), metricsAction(metrics.registry)];
    const every = [...actions, ...admin];
    const requests = metrics.watchRequests(every.map(({ name }) => name));
    const observer = combinedObserver([requestLog(log, settings.logSample), requests, statistics]);
    const memory = new MemoryBudget(settings.maxInFlight);
    metrics.watchBodies(() => memory.held);
    const doors = await openDoors({
      settings,
      // With an address of their own, health and metrics are on no other.
      handler: this.#application(queue, settings.admin === undefined ? every : actions),
      adminHandler: this.#application(queue, admin),
      clock: systemClock,
      memory,
      observer,
    });
    resources.defer(async () => {
      await Promise.all(doors.map(({ door }) => door.shutdown()));
    });
    for (const { door } of doors) await door.start();

    this.#resources = resources.move();
    for (const { door } of doors) announce(`listening on ${door.address}`);
    announce(`queue ${location.queueUrl}`);
    announce("ready");
    if (settings.queueUrl === undefined) log.info(embeddedNotice);
  }

  async #close(): Promise<void> {
    this.#closeBy = systemClock.monotonic() + this.#options.settings.timeout;
    await this.#resources.disposeAsync();
  }

  #openStatistics(resources: AsyncDisposableStack): ConnectionObserver {
    const { settings, log } = this.#options;
    if (settings.statisticsLog === undefined) return noObserver;
    const isDue = onceAMinute(systemClock);
    const statistics = openStatisticsLog(settings.statisticsLog, (reason) => {
      if (isDue(reason)) log.error({ reason }, "lines of the statistics log are lost");
    });
    resources.defer(() => statistics.close());
    this.#statisticsLog = statistics;
    return statistics.observer;
  }

  #application(queue: Queue, served: readonly Action[]): InsertApplication {
    const { settings, log } = this.#options;
    return new InsertApplication({
      queue,
      actions: served,
      clock: systemClock,
      maxBody: settings.maxBody,
      queueTimeout: settings.queueTimeout,
      onProblem: problemLog(log, systemClock),
    });
  }
}
