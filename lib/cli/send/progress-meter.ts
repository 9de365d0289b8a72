import type { Counts, Ledger } from "../../client/ledger.ts";
import type { UploadProgress } from "../../client/send-input.ts";
import type { Clock } from "../../message/clock.ts";
import type { ProgressDisplay } from "./progress-display.ts";
import type { ProgressPause } from "./progress-line.ts";

/** Follows the upload of one input and shows it. */
export class ProgressMeter {
  readonly #name: string;
  readonly #display: ProgressDisplay;
  readonly #clock: Clock;
  readonly #begun: number;
  #last: UploadProgress | undefined;
  #before = 0;
  #settled = 0;

  constructor(name: string, display: ProgressDisplay, clock: Clock) {
    this.#name = name;
    this.#display = display;
    this.#clock = clock;
    this.#begun = clock.monotonic();
  }

  /** Messages that came to an outcome in this run. */
  get settled(): number {
    return this.#settled - this.#before;
  }

  readonly onProgress = (progress: UploadProgress): void => {
    this.#settled = total(progress.ledger.counts);
    if (this.#last === undefined) this.#before = this.#settled;
    this.#last = progress;
    this.#show(undefined);
  };

  readonly onPause = (pause: ProgressPause): void => this.#show(pause);

  #show(pause: ProgressPause | undefined): void {
    if (this.#last === undefined) return;
    const { ledger, expectedBytes } = this.#last;
    const seconds = (this.#clock.monotonic() - this.#begun) / 1_000;
    this.#display.show({
      name: this.#name === "-" ? "stdin" : this.#name,
      share: expectedBytes === undefined ? undefined : shareOf(ledger, this.#settled, expectedBytes),
      settled: this.#settled,
      rejected: ledger.counts.rejected,
      rate: this.settled / Math.max(seconds, 0.001),
      pause,
    });
  }
}

function total({ accepted, duplicate, rejected }: Counts): number {
  return accepted + duplicate + rejected;
}

/** Of what has been read, the part that has an outcome. */
function shareOf({ frontier }: Ledger, settled: number, expectedBytes: number): number {
  if (expectedBytes === 0 || frontier.index === 0) return 0;
  return Math.min(1, ((frontier.offset / expectedBytes) * settled) / frontier.index);
}
