import { isIP } from "node:net";
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
    // The library takes hexadecimal and octal also at the end of an IPv6 address.
    ["::ffff:0x7f.0.0.1", null],
    ["::ffff:010.0.0.1", null],
    ["::ffff:127.1", null],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["1::2::3", null],
    ["::00001", null],
    // Nor is this one 1.2.3.4, as which the library reads it.
    ["::1.2.3.4", "::102:304"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("of %j is %j", (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  it("agrees with the URL standard, which writes IPv6 addresses by the same rules", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const { hostname } = new URL(`http://[${address}]`);
        // Their one difference: a URL leaves an IPv4 address inside IPv6 there.
        fc.pre(!/^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/.test(hostname));
        expect(`[${canonicalAddress(address)}]`).toBe(hostname);
      }),
    );
  });

  it("is null of anything that is no address, and never an error", () => {
    const parts = fc.constantFrom(
      "0",
      "1",
      "255",
      "ffff",
      "abcd",
      ":",
      "::",
      ".",
      "%",
      "0x7f",
      "unix:",
      " ",
      "é",
    );
    const text = fc.array(parts, { maxLength: 12 }).map((some) => some.join(""));
    fc.assert(
      fc.property(text, (address) => {
        const [withoutZone = ""] = address.split("%", 1);
        const known = isIP(address) !== 0 || isIP(withoutZone) === 6;
        expect(canonicalAddress(address) === null).toBe(!known);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is the same of an IPv4 address, alone or inside IPv6", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(canonicalAddress(address)).toBe(address);
        expect(canonicalAddress(`::ffff:${address}`)).toBe(address);
      }),
    );
  });
});
