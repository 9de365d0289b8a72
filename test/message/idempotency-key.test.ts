import { describe, expect, it } from "vitest";
import { idempotencyKey } from "../../lib/message/idempotency-key.ts";

describe("idempotencyKey", () => {
  it.each([
    ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ['"8e03978e"', "8e03978e"],
    [' "a" ', "a"],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ["x".repeat(128), "x".repeat(128)],
  ])("of %j is %j", (header, key) => {
    expect(idempotencyKey(header)).toBe(key);
  });

  it.each(["", '""', "two words", "é", "\u0007", "x".repeat(129)])("cannot be %j", (header) => {
    expect(() => idempotencyKey(header)).toThrow(/^Idempotency-Key must be 1 to 128/);
  });
});
