import { describe, expect, it } from "vitest";
import { RequestSize } from "../../lib/client/request-size.ts";

/** A line on which a request takes so many milliseconds, and one more for each so many bytes. */
interface Line {
  readonly latency: number;
  readonly bytesPerMillisecond: number;
}

function send(size: RequestSize, requests: number, { latency, bytesPerMillisecond }: Line): number {
  let longest = 0;
  for (let request = 0; request < requests; request += 1) {
    const milliseconds = latency + size.bytes / bytesPerMillisecond;
    longest = Math.max(longest, milliseconds);
    size.answered(size.bytes, milliseconds, true);
  }
  return longest;
}

describe("RequestSize", () => {
  it.each([
    { latency: 100, bytesPerMillisecond: 100 },
    { latency: 2_200, bytesPerMillisecond: 100 },
    { latency: 2_200, bytesPerMillisecond: 10 },
  ])(
    "grows again after a slow request, as far as $latency ms and $bytesPerMillisecond bytes/ms allow",
    (line) => {
      const size = new RequestSize(1_048_576);
      size.answered(300, 5_000, false);
      expect(size.bytes).toBe(4_096);
      expect(send(size, 50, line)).toBeLessThanOrEqual(4_001);
      expect(size.bytes).toBeGreaterThan(0.9 * (4_000 - line.latency) * line.bytesPerMillisecond);
    },
  );

  it("does not grow by what failed, nor beyond half of what was too large", () => {
    const size = new RequestSize(1_048_576);
    size.answered(32_768, 10, false);
    expect(size.bytes).toBe(32_768);
    size.tooLarge(30_000);
    send(size, 10, { latency: 1, bytesPerMillisecond: 1_000 });
    expect(size.bytes).toBe(15_000);
  });
});
