import type { WriteStream } from "node:tty";
import type { Clock } from "../../message/clock.ts";
import { type ProgressView, progressBar, progressReport } from "./progress-line.ts";

/** Where progress is shown. */
export interface ProgressDisplay {
  show(view: ProgressView): void;
  /** Leaves a clean line for what comes next. */
  end(): void;
}

/** Milliseconds between two drawings of the bar: as often as eyes can follow. */
const redraw = 100;
/** Milliseconds between two lines in a log. */
const report = 10_000;

/** A bar that is drawn over on a terminal, lines from time to time anywhere else. */
export function progressDisplay(
  stream: WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): ProgressDisplay {
  return stream.isTTY && environment["TERM"] !== "dumb" ? bar(stream, clock) : lines(stream, clock);
}

export const noDisplay: ProgressDisplay = { show() {}, end() {} };

function bar(stream: WriteStream, clock: Clock): ProgressDisplay {
  const seldom = atMostEvery(redraw, clock);
  // The last column stays empty: some terminals break the line when it is written to. The cursor goes back to the first,
  // where the ^C that a terminal shows breaks none either.
  const draw = (view: ProgressView) => stream.write(`\r${progressBar(view, stream.columns - 1)}\x1b[K\r`);
  return {
    show(view) {
      if (view.pause !== undefined || seldom()) draw(view);
    },
    end: () => void stream.write("\r\x1b[K"),
  };
}

function lines(stream: WriteStream, clock: Clock): ProgressDisplay {
  const seldom = atMostEvery(report, clock);
  // The first would say nothing yet.
  seldom();
  return {
    show(view) {
      if (view.pause !== undefined || seldom()) stream.write(`postern: ${progressReport(view)}\n`);
    },
    end() {},
  };
}

function atMostEvery(milliseconds: number, clock: Clock): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now - last < milliseconds) return false;
    last = now;
    return true;
  };
}
