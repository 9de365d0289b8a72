import { describe, expect, it } from "vitest";
import { SigningClock } from "../../../lib/queue/sqs/signing-clock.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const clockAt = () => new SigningClock(() => now);

describe("SigningClock", () => {
  it("goes by this machine until it has heard otherwise", () => {
    expect(clockAt().now().getTime()).toBe(now);
  });

  it("goes by the queue where they disagree by more than a signature may", () => {
    const clock = clockAt();
    clock.hear({ date: "Sun, 01 Mar 2026 09:00:00 GMT" });
    expect(clock.now().toISOString()).toBe("2026-03-01T09:00:00.000Z");
    clock.hear({ date: "Sun, 01 Mar 2026 12:01:00 GMT" });
    expect(clock.now().getTime()).toBe(now);
  });

  it.each([[{}], [{ date: "yesterday" }], [{ date: "Sun, 01 Mar 2026 09:00:00 GMT", age: "10800" }]])(
    "makes nothing of the headers %j",
    (headers) => {
      const clock = clockAt();
      clock.hear(headers);
      expect(clock.now().getTime()).toBe(now);
    },
  );
});
