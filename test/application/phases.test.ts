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

  it("leaves out what ends after the request has gone past it, as a commit after the door has answered in its place", () => {
    let time = 0;
    const phases = new Phases({ now: () => 0, monotonic: () => time });
    for (const [name, now] of [
      ["read", 1],
      ["answered", 13_000],
      ["durable", 13_050],
      ["closed", 13_200],
    ] as const) {
      time = now;
      phases.end(name);
    }
    expect(phases.durations).toEqual([
      ["read", 1],
      ["answered", 12_999],
      ["closed", 200],
    ]);
  });

  it("ends a phase once", () => {
    let time = 0;
    const phases = new Phases({ now: () => 0, monotonic: () => time });
    for (const now of [1, 5]) {
      time = now;
      phases.end("closed");
    }
    expect(phases.durations).toEqual([["closed", 1]]);
  });

  it("counts from when the connection was accepted", () => {
    const phases = new Phases({ now: () => 0, monotonic: () => 30 }, 10);
    phases.end("read");
    expect(phases.serverTiming()).toBe("read;dur=20");
  });
});
