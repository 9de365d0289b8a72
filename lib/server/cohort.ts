/** Milliseconds that a job waits for others at most. */
const patience = 1;

/**
 * Jobs that do not wait for more. With twice as many, all requests of some dozens of clients would be with the core, then with
 * the disk, then with the web server at once, and each of them idle meanwhile.
 */
const most = 16;

/** Requests under way, from which on others are likely to come soon: a few clients that wait for each answer are not held up. */
const company = 8;

/** Milliseconds that a job waits which nobody else waits for. */
const leisure = 15;

/** Of those, what does not wait for more, so that a turn of the event loop stays short. */
const mostAtLeisure = 256;

type Job = () => void;

/**
 * Runs jobs together where many requests are under way, in their order. By itself each would find the
 * processor's caches full of what came in between, and take half as long again: cohort scheduling (Larus and Parkes,
 * "Using Cohort Scheduling to Enhance Server Performance", USENIX 2002).
 *
 * Jobs must not throw. None runs within the call that adds it, but for that which fills the cohort.
 */
export class Cohort {
  readonly #gathered = new Jobs(most);
  readonly #ofThisTurn = new Jobs(most);
  readonly #atLeisure = new Jobs(mostAtLeisure);
  #underWay = 0;

  /** A request has begun; `ended` follows, once. */
  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /** Runs a job with those that come within a millisecond. */
  gather(job: Job): void {
    if (!this.#gathered.add(job)) return;
    if (this.#underWay >= company) setTimeout(() => this.#gathered.run(), patience);
    else setImmediate(() => this.#gathered.run());
  }

  /** Runs a job with the others of this turn of the event loop, at its end. */
  runThisTurn(job: Job): void {
    if (this.#ofThisTurn.add(job)) setImmediate(() => this.#ofThisTurn.run());
  }

  /** Runs a job that nobody waits for, a little later: requests and answers go before. */
  runAtLeisure(job: Job): void {
    if (this.#atLeisure.add(job)) setTimeout(() => this.#atLeisure.run(), leisure);
  }

  /** Runs those that wait, now. */
  run(): void {
    this.#gathered.run();
    this.#ofThisTurn.run();
    this.#atLeisure.run();
  }
}

class Jobs {
  readonly #most: number;
  #jobs: Job[] = [];

  /** @param most that wait for others */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns whether it is the first, so that somebody has to see to it that they are run */
  add(job: Job): boolean {
    const count = this.#jobs.push(job);
    if (count >= this.#most) this.run();
    return count === 1;
  }

  run(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) job();
  }
}
