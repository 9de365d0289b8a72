import type { Clock } from "../message/clock.ts";

/** The stages of one request, in their order. Those that a request never reaches are absent. */
export const phaseNames = ["read", "parsed", "validated", "durable", "answered", "closed"] as const;
export type PhaseName = (typeof phaseNames)[number];

/** How long each phase of one request took, on the monotonic clock. */
export class Phases {
  /** When the connection was accepted, or the event arrived: monotonic milliseconds. */
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #durations: [PhaseName, number][] = [];
  #last: number;

  constructor(clock: Clock, startedAt = clock.monotonic()) {
    this.#clock = clock;
    this.startedAt = startedAt;
    this.#last = startedAt;
  }

  /** Ends a phase now: it lasted since the one before it ended. */
  end(name: PhaseName): void {
    const now = this.#clock.monotonic();
    this.#durations.push([name, now - this.#last]);
    this.#last = now;
  }

  /** Milliseconds by phase, in the order in which they ended. */
  get durations(): readonly (readonly [PhaseName, number])[] {
    return this.#durations;
  }

  /** The phases so far as a `Server-Timing` value (W3C Server Timing §2): milliseconds, to the microsecond. */
  serverTiming(): string {
    let value = "";
    for (const [name, duration] of this.#durations) {
      value += `${value === "" ? "" : ", "}${name};dur=${Math.round(duration * 1000) / 1000}`;
    }
    return value;
  }
}
