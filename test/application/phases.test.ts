import { describe, expect, it } from "vitest";
import { Phases } from "../../lib/application/phases.ts";

describe("Phases", () => {
  it("measures each phase from the end of the one before", () => {
    let time = 1_000;
    const phases = new Phases({ now: () => 0, monotonic: () => time });
    time += 1.5;
    phases.end("read");
    time += 0.25004;
    phases.end("parsed");
    expect(phases.serverTiming()).toBe("read;dur=1.5, parsed;dur=0.25");
    expect(phases.durations.map(([name]) => name)).toEqual(["read", "parsed"]);
  });

  it("counts from when the connection was accepted", () => {
    const phases = new Phases({ now: () => 0, monotonic: () => 30 }, 10);
    phases.end("read");
    expect(phases.serverTiming()).toBe("read;dur=20");
  });
});
