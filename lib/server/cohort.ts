import type { Clock } from "../message/clock.ts";

/** Milliseconds that a job waits for others at most. */
const patience = 2;

/** Jobs that do not wait for more, so that little is held meanwhile and a turn of the event loop stays short. */
const most = 64;

/**
 * Milliseconds over which jobs are counted, and how many there must be for the next ones to be waited for: a client that
 * sends one request after the other is not held up.
 */
const busy = { window: 8, jobs: 8 };

/**
 * Runs the jobs of one kind together where many come at about the same time, in their order. By itself each would find the
 * processor's caches full of what came in between, and take half as long again: cohort scheduling (Larus and Parkes,
 * "Using Cohort Scheduling to Enhance Server Performance", USENIX 2002).
 */
export class Cohort {
  readonly #clock: Clock;
  #jobs: (() => void)[] = [];
  #windowEnd = Number.NEGATIVE_INFINITY;
  /** In this window, and in the one before it. */
  #counts = { now: 0, before: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param job must not throw; never runs within this call, but for the last of a full cohort */
  add(job: () => void): void {
    this.#jobs.push(job);
    if (this.#jobs.length >= most) this.run();
    else if (this.#jobs.length > 1) return;
    else if (this.#isBusy()) setTimeout(() => this.run(), patience);
    else setImmediate(() => this.run());
  }

  /** Runs those that wait, now. */
  run(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#counts.now += jobs.length;
    for (const job of jobs) job();
  }

  #isBusy(): boolean {
    const now = this.#clock.monotonic();
    if (now >= this.#windowEnd) {
      const before = now < this.#windowEnd + busy.window ? this.#counts.now : 0;
      this.#counts = { now: 0, before };
      this.#windowEnd = now + busy.window;
    }
    return this.#counts.now + this.#counts.before >= busy.jobs;
  }
}
