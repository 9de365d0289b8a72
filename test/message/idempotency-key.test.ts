import { describe, expect, it } from "vitest";
import { idempotencyKey, idempotencyKeyMember } from "../../lib/message/idempotency-key.ts";
import { InvalidMessageError } from "../../lib/message/invalid-message.ts";

describe("idempotencyKey", () => {
  it.each([
    ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ['"8e03978e"', "8e03978e"],
    [' "a" ', "a"],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ["x".repeat(128), "x".repeat(128)],
    ['"a";p=1', "a"],
    ['"a;b"; p=?1;q', "a;b"],
  ])("of %j is %j", (header, key) => {
    expect(idempotencyKey(header)).toBe(key);
  });

  it.each(["", '""', "two words", "é", "\u0007", "x".repeat(129)])("cannot be %j", (header) => {
    expect(() => idempotencyKey(header)).toThrow(/^Idempotency-Key must be 1 to 128/);
  });

  it.each([
    '"',
    '"a',
    '"a" "b"',
    '"a","b"',
    '"a";p=1,"b"',
    '"a";P',
    '"a" p',
    String.raw`"a\"`,
    String.raw`"a\x"`,
  ])("refuses %s, which begins in quotes and does not end as one key", (header) => {
    expect(() => idempotencyKey(header)).toThrow(/^Idempotency-Key must be one key/);
  });

  it.each(["a,b", "a, b", ",a", "a,"])("refuses %s, which is several headers, however joined", (header) => {
    expect(() => idempotencyKey(header)).toThrow(/^Idempotency-Key must be one key/);
  });

  it("says the same however a gateway joined them", () => {
    const problem = (header: string) => {
      try {
        return idempotencyKey(header);
      } catch (error) {
        return String(error);
      }
    };
    expect(problem("a,b")).toBe(problem("a, b"));
  });

  it("names the header as the field at fault", () => {
    expect(() => idempotencyKey("two words")).toThrow(
      expect.objectContaining({ name: InvalidMessageError.name, field: "Idempotency-Key" }),
    );
  });
});

describe("idempotencyKeyMember", () => {
  it("is the member of that name, as it stands", () => {
    expect(idempotencyKeyMember({ idempotency_key: '"a"' })).toBe('"a"');
  });

  it.each([
    {},
    { idempotency_key: null },
    Object.create({ idempotency_key: "a" }),
    [],
    null,
    "idempotency_key",
    5,
  ])("is none where %j has no such member of its own, or null", (upload) => {
    expect(idempotencyKeyMember(upload)).toBeUndefined();
  });

  it.each(["", "two words", 5, true, {}, "x".repeat(129)])("cannot be %j", (key) => {
    expect(() => idempotencyKeyMember({ idempotency_key: key })).toThrow(
      expect.objectContaining({ name: InvalidMessageError.name, field: "idempotency_key" }),
    );
  });
});
