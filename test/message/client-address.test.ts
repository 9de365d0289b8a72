import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress } from "../../lib/message/client-address.ts";

describe("canonicalAddress", () => {
  it.each([
    ["2.7.5.8", "2.7.5.8"],
    ["::ffff:2.7.5.8", "2.7.5.8"],
    ["::FFFF:0207:0508", "2.7.5.8"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::1", "::1"],
    [undefined, null],
    ["", null],
    ["unix:", null],
    ["unknown", null],
    ["127.1", null],
    ["0x7f.0.0.1", null],
    ["2130706433", null],
    ["256.1.1.1", null],
    ["1.2.3.4:80", null],
    ["[::1]", null],
    ["1.2.3.4, 5.6.7.8", null],
  ])("of %j is %j", (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it("changes nothing when it is done twice", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const once = canonicalAddress(address);
        expect(once).not.toBeNull();
        expect(canonicalAddress(once ?? undefined)).toBe(once);
      }),
    );
  });
});
