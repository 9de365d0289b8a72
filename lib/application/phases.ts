import type { Clock } from "../message/clock.ts";

/** The stages of one request, in their order. Those that a request never reaches are absent. */
export const phaseNames = ["read", "parsed", "validated", "durable", "answered", "closed"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** Where each phase stands among them. */
const places = Object.fromEntries(phaseNames.map((name, place) => [name, place])) as Record<
  PhaseName,
  number
>;

/** How long each phase of one request took, on the monotonic clock. */
export class Phases {
  readonly #clock: Clock;
  /** By the place of the phase; not a number where the request has not got so far. */
  readonly #durations = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN];
  #last: number;
  /** The place of the last phase that ended. */
  #reached = -1;

  /** @param startedAt when the connection was accepted, a later request on it began, or the event arrived: monotonic milliseconds */
  constructor(clock: Clock, startedAt = clock.monotonic()) {
    this.#clock = clock;
    this.#last = startedAt;
  }

  /**
   * Ends a phase now: it lasted since the one before it ended. Without effect where the request has gone past it: the door
   * has answered in the core's place, and the core comes to an end all the same.
   */
  end(name: PhaseName): void {
    const place = places[name];
    if (place <= this.#reached) return;
    this.#reached = place;
    const now = this.#clock.monotonic();
    this.#durations[place] = now - this.#last;
    this.#last = now;
  }

  /** Milliseconds by phase, in their order. */
  get durations(): readonly (readonly [PhaseName, number])[] {
    const durations: [PhaseName, number][] = [];
    for (const name of phaseNames) {
      const duration = this.#durations[places[name]] ?? Number.NaN;
      if (!Number.isNaN(duration)) durations.push([name, duration]);
    }
    return durations;
  }

  /** The phases so far as a `Server-Timing` value (W3C Server Timing §2): milliseconds, to the microsecond. */
  serverTiming(): string {
    let value = "";
    for (const [name, duration] of this.durations) {
      value += `${value === "" ? "" : ", "}${name};dur=${Math.round(duration * 1000) / 1000}`;
    }
    return value;
  }
}
