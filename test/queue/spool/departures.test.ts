import { describe, expect, it } from "vitest";
import { Departures } from "../../../lib/queue/spool/departures.ts";
import { spooled } from "./spooled.ts";

const messages = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => spooled(first + index));

describe("Departures", () => {
  it("gives the same ones until they have left", () => {
    const departures = new Departures();
    departures.stored(messages(1, 2));
    departures.refused(spooled(3), "too large");
    const first = departures.next();
    expect(first).toEqual({ removed: [1, 2], refused: [{ sequence: 3, reason: "too large" }] });
    expect(departures.next()).toEqual(first);
    departures.stored(messages(4, 4));
    departures.left(first);
    expect(departures.next()).toEqual({ removed: [4], refused: [] });
    expect(departures.size).toBe(1);
  });

  it("bounds the refused ones as it does the others", () => {
    const departures = new Departures();
    for (const message of messages(1, 501)) departures.refused(message, "too large");
    const first = departures.next();
    expect(first.refused.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
    departures.left(first);
    expect(departures.next().refused).toEqual([{ sequence: 501, reason: "too large" }]);
  });

  it("gives no more at a time than a commit may have, in their order", () => {
    const departures = new Departures();
    departures.stored(messages(1, 499));
    expect(departures.areMany).toBe(false);
    departures.stored(messages(500, 1_200));
    expect(departures.areMany).toBe(true);
    const given: number[] = [];
    while (departures.size > 0) {
      const departure = departures.next();
      expect(departure.removed.length).toBeLessThanOrEqual(500);
      given.push(...departure.removed);
      departures.left(departure);
    }
    expect(given).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
  });
});
