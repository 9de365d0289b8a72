/** Milliseconds that a job waits for others at most. */
const patience = 2;

/** Jobs that do not wait for more, so that little is held meanwhile and a turn of the event loop stays short. */
const most = 64;

/** Requests under way, from which on others are likely to come soon: a few clients that wait for each answer are not held up. */
const company = 8;

type Job = () => void;

/**
 * Runs jobs together where many requests are under way, in their order. By itself each would find the
 * processor's caches full of what came in between, and take half as long again: cohort scheduling (Larus and Parkes,
 * "Using Cohort Scheduling to Enhance Server Performance", USENIX 2002).
 *
 * Jobs must not throw. None runs within the call that adds it, but for that which fills the cohort.
 */
export class Cohort {
  #gathered: Job[] = [];
  #ofThisTurn: Job[] = [];
  #underWay = 0;

  /** A request has begun; `ended` follows, once. */
  began(): void {
    this.#underWay += 1;
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /** Runs a job with those that come within two milliseconds. */
  gather(job: Job): void {
    const count = this.#gathered.push(job);
    if (count >= most) this.#runGathered();
    else if (count > 1) return;
    else if (this.#underWay >= company) setTimeout(() => this.#runGathered(), patience);
    else setImmediate(() => this.#runGathered());
  }

  /** Runs a job with the others of this turn of the event loop, at its end. */
  runThisTurn(job: Job): void {
    const count = this.#ofThisTurn.push(job);
    if (count >= most) this.#runOfThisTurn();
    else if (count === 1) setImmediate(() => this.#runOfThisTurn());
  }

  /** Runs those that wait, now. */
  run(): void {
    this.#runGathered();
    this.#runOfThisTurn();
  }

  #runGathered(): void {
    const jobs = this.#gathered;
    this.#gathered = [];
    for (const job of jobs) job();
  }

  #runOfThisTurn(): void {
    const jobs = this.#ofThisTurn;
    this.#ofThisTurn = [];
    for (const job of jobs) job();
  }
}
