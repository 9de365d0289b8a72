/** Milliseconds that a job waits for others at most. */
const patience = 2;

/** Jobs that do not wait for more, so that little is held meanwhile and a turn of the event loop stays short. */
const most = 64;

/** Requests under way, from which on others are likely to come soon: a few clients that wait for each answer are not held up. */
const company = 8;

/**
 * Runs jobs together where many requests are under way, in their order. By itself each would find the
 * processor's caches full of what came in between, and take half as long again: cohort scheduling (Larus and Parkes,
 * "Using Cohort Scheduling to Enhance Server Performance", USENIX 2002).
 */
export class Cohort {
  #jobs: (() => void)[] = [];
  #underWay = 0;

  /** A request has begun; `ended` follows, once. */
  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /** @param job must not throw; never runs within this call, but for that which fills the cohort */
  add(job: () => void): void {
    this.#jobs.push(job);
    if (this.#jobs.length >= most) this.run();
    else if (this.#jobs.length > 1) return;
    else if (this.#underWay >= company) setTimeout(() => this.run(), patience);
    else setImmediate(() => this.run());
  }

  /** Runs those that wait, now. */
  run(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) job();
  }
}
