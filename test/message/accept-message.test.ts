import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptMessage } from "../../lib/message/accept-message.ts";
import { withKey } from "../../lib/message/idempotency-key.ts";
import { InvalidMessageError } from "../../lib/message/invalid-message.ts";
import { parseMessage } from "../../lib/message/parse-message.ts";
import { serialiseMessage } from "../../lib/message/serialise-message.ts";
import { anyUpload } from "../support/any-upload.ts";

const context = { ip: "2.7.5.8", now: 129_830_999 };
const upload = {
  callsign: "m0zdr",
  type: "RECEIVED_TELEM",
  time_created: 125_132,
  time_uploaded: 129_730,
  data: { string: "JCRoYWRpZQ==", frequency: 434_075_000 },
};
const position = {
  latitude: 54.4,
  longitude: -6.7,
  altitude: 120,
  time: { hour: 10, minute: 42, second: 10 },
};

function accept(change: Record<string, unknown> = {}) {
  return acceptMessage({ ...upload, ...change }, context);
}

function rejection(value: unknown): InvalidMessageError {
  try {
    acceptMessage(value, context);
  } catch (error) {
    if (error instanceof InvalidMessageError) return error;
    throw error;
  }
  throw new Error("accepted");
}

const fieldAtFault = (change: Record<string, unknown>) => rejection({ ...upload, ...change }).field;

describe("acceptMessage", () => {
  it("stores what was sent, on the gateway's clock", () => {
    expect(accept()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: { callsign: "M0ZDR", ip: "2.7.5.8" },
      type: "RECEIVED_TELEM",
      // The difference of the clocks is 100 s: 125132 becomes 125232.
      time_created: 125_232,
      time_uploaded: 129_830,
      data: { string: "JCRoYWRpZQ==", frequency: 434_075_000 },
    });
  });

  it.each([
    [125_132.9, 125_232],
    ["125132", 125_232],
    [" +0125132\n", 125_232],
    [-1.9, 99],
    ["-5", 95],
  ])("takes the time %j as habitat did", (time_created, stored) => {
    expect(accept({ time_created }).time_created).toBe(stored);
  });

  it.each([
    "",
    " ",
    "12.5",
    "1e3",
    "0x10",
    "1_000",
    "12s",
    true,
    false,
    null,
    [],
    {},
    Number.NaN,
    Infinity,
    1e300,
    "9".repeat(30),
  ])("refuses the time %j and names the field", (time) => {
    expect(fieldAtFault({ time_created: time })).toBe("time_created");
    expect(fieldAtFault({ time_uploaded: time })).toBe("time_uploaded");
  });

  it("refuses times whose correction leaves the integers", () => {
    expect(fieldAtFault({ time_created: Number.MAX_SAFE_INTEGER, time_uploaded: -5 })).toBe("time_created");
  });

  it("corrects the clock exactly, however wrong it is, or refuses", () => {
    const time = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(-(2 ** 53 - 1), 2 ** 53 - 1));
    fc.assert(
      fc.property(time, time, (time_created, time_uploaded) => {
        const exact = BigInt(time_created) - BigInt(time_uploaded) + 129_830n;
        if (exact < BigInt(Number.MIN_SAFE_INTEGER) || exact > BigInt(Number.MAX_SAFE_INTEGER)) {
          expect(fieldAtFault({ time_created, time_uploaded })).toBe("time_created");
        } else {
          expect(BigInt(accept({ time_created, time_uploaded }).time_created)).toBe(exact);
        }
      }),
      { examples: [[-300_001, -(2 ** 53 - 1)]] },
    );
  });

  it.each(Object.keys(upload))("names all five keys when %s is missing", (key) => {
    const { [key as keyof typeof upload]: _, ...rest } = upload;
    const { field, message } = rejection(rest);
    expect(field).toBe(key);
    expect(message).toBe(
      `A message must have the keys callsign, type, time_created, time_uploaded, data; missing: ${key}`,
    );
  });

  it("does not take inherited keys for sent ones", () => {
    expect(rejection(Object.create(upload)).message).toContain("missing: callsign, type");
  });

  it.each([null, undefined, [], [upload], "text", 5, true])("refuses %j, which is no object", (value) => {
    expect(rejection(value).message).toContain("must be a JSON object");
  });

  it.each(["a", "M0ZDR", "A/B_c-9", "x".repeat(500)])("takes the callsign %j in upper case", (callsign) => {
    expect(accept({ callsign }).source.callsign).toBe(callsign.toUpperCase());
  });

  it.each(["", "a b", "é", "ß", "a\n", "a.b", 5, null, true, ["A"]])(
    "refuses the callsign %j",
    (callsign) => {
      expect(fieldAtFault({ callsign })).toBe("callsign");
    },
  );

  it("says of TELEM that it is forbidden", () => {
    const { field, message } = rejection({ ...upload, type: "TELEM" });
    expect(field).toBe("type");
    expect(message).toContain("TELEM is forbidden for direct insertion");
    expect(message).toContain("the system behind the queue makes it");
    expect(message).toContain("RECEIVED_TELEM, LISTENER_INFO, LISTENER_TELEM");
  });

  it.each(["received_telem", "constructor", "__proto__", "", 1, null, true, {}])(
    "refuses the type %j",
    (type) => {
      expect(fieldAtFault({ type })).toBe("type");
      expect(rejection({ ...upload, type }).message).toContain(
        "RECEIVED_TELEM, LISTENER_INFO, LISTENER_TELEM",
      );
    },
  );

  it.each([null, [], "{}", 5, true])("refuses the data %j for every type", (data) => {
    for (const type of ["RECEIVED_TELEM", "LISTENER_INFO", "LISTENER_TELEM"]) {
      expect(fieldAtFault({ type, data })).toBe("data");
    }
  });

  it("has an id that only what identifies the message decides", () => {
    const { id } = accept();
    // Pinned: it must never change, or a retry across an upgrade doubles.
    expect(id).toBe("f1fd08f9d1ee6d786c4d5a6c91297d12003a9134f2f51b040a48c9024b22f21c");
    expect(accept({ time_uploaded: 5, extra: 1, callsign: "M0ZDR" }).id).toBe(id);
    expect(acceptMessage(upload, { ip: "::1", now: 0 }).id).toBe(id);
    expect(accept({ data: { frequency: "434075000", string: "JCRoYWRpZR==" } }).id).toBe(id);
    expect(accept({ data: { frequency: "434075000", string: "JCRo YWRpZQ==" } }).id).toBe(id);
    expect(accept({ time_created: 125_133 }).id).not.toBe(id);
    expect(accept({ callsign: "M0ZDS" }).id).not.toBe(id);
  });

  it.each([
    [
      "LISTENER_INFO",
      { antenna: null, radio: 5, name: "Adam \ud800 é", location: "x" },
      "c8b0587604c670a4a11400d4b17fc040d3c7e7ea52f759769d0ddebcda09a4b8",
    ],
    [
      "LISTENER_TELEM",
      {
        time: { second: "10", minute: 42, hour: 10 },
        altitude: "120.9",
        longitude: "-6.70",
        latitude: 54.4,
      },
      "9e2b3f09601b39fa7dadadd6549c2d02915756ed279ed22ce9ee8c75ed8f86f0",
    ],
  ])("has an id that has never changed: %s", (type, data, id) => {
    expect(accept({ type, data }).id).toBe(id);
  });

  it("takes the idempotency key as the id", () => {
    expect(withKey(acceptMessage(upload, context), "key-1").id).toBe("key-1");
  });

  it("ignores keys that nobody knows, prototypes among them", () => {
    const strange = JSON.parse(
      `{"__proto__": {"a": 1}, "constructor": 5, ${JSON.stringify(upload).slice(1)}`,
    );
    strange.data = JSON.parse('{"__proto__": {"frequency": 1}, "string": "", "toString": 1}');
    expect(acceptMessage(strange, context).data).toEqual({ string: "" });
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it("describes hostile values in a few safe words", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(rejection({ ...upload, callsign: deep }).message).toMatch(/^callsign must be .*, got an array$/);
    expect(rejection({ ...upload, callsign: " ".repeat(1e6) }).message.length).toBeLessThan(200);
    expect(rejection({ ...upload, callsign: "\ud800" }).message).toContain(String.raw`"\ud800"`);
  });
});

describe("RECEIVED_TELEM", () => {
  const received = (data: Record<string, unknown>) => ({ ...upload, data });

  it.each([
    ["", ""],
    ["JCRoYWRpZQ==", "JCRoYWRpZQ=="],
    ["JCRo\r\nYWRp\tZQ= =\n", "JCRoYWRpZQ=="],
    ["JCRoYWRpZR==", "JCRoYWRpZQ=="],
    ["+/+/", "+/+/"],
  ])("stores the string %j canonically", (string, stored) => {
    expect(acceptMessage(received({ string }), context).data).toEqual({ string: stored });
  });

  it.each(["a", "ab", "abc", "abc-", "_bcd", "====", "ab=c", "a===", "abcd=", "ä===", 5, null, {}])(
    "refuses the string %j",
    (string) => {
      expect(fieldAtFault({ data: { string } })).toBe("data.string");
    },
  );

  it("requires the string", () => {
    expect(rejection(received({})).message).toContain(
      "data.string must be base64 text with its padding, got nothing",
    );
  });

  it("agrees with Buffer about any base64, with white space anywhere", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(400), (bytes, cut) => {
        const text = Buffer.from(bytes).toString("base64");
        const spaced = `${text.slice(0, cut)}\n ${text.slice(cut)}`;
        expect(acceptMessage(received({ string: spaced }), context).data).toEqual({ string: text });
      }),
    );
  });

  it.each([
    [0, 0],
    ["434.075e6", 434_075_000],
    [" 1.5 ", 1.5],
    [-0, 0],
  ])("takes the frequency %j", (frequency, stored) => {
    expect(acceptMessage(received({ string: "", frequency }), context).data).toEqual({
      string: "",
      frequency: stored,
    });
  });

  it.each([-1, "-0.1", "nan", "inf", Number.NaN, Infinity, "1e999", "", "1,5", true, null, []])(
    "refuses the frequency %j",
    (frequency) => {
      expect(fieldAtFault({ data: { string: "", frequency } })).toBe("data.frequency");
    },
  );
});

describe("LISTENER_INFO", () => {
  const stored = (data: unknown) => acceptMessage({ ...upload, type: "LISTENER_INFO", data }, context).data;

  it("keeps four texts and drops the rest", () => {
    const info = { name: "Adam", location: "Reading", radio: "FT-790R", antenna: "Yagi" };
    expect(stored({ ...info, shoe_size: 43 })).toStrictEqual(info);
  });

  it("requires none of them", () => {
    expect(stored({})).toStrictEqual({});
  });

  it("makes text of numbers and booleans, and nothing of null", () => {
    expect(stored({ name: 5, location: -1.5, radio: true, antenna: null })).toStrictEqual({
      name: "5",
      location: "-1.5",
      radio: "true",
    });
  });

  it.each([[[]], [{}]])("refuses %j", (radio) => {
    expect(fieldAtFault({ type: "LISTENER_INFO", data: { radio } })).toBe("data.radio");
  });
});

describe("LISTENER_TELEM", () => {
  const telem = (data: unknown) => ({ ...upload, type: "LISTENER_TELEM", data });

  it("takes numbers and numeric text, and drops the rest", () => {
    const sent = {
      latitude: "54.4",
      longitude: " -6.7",
      altitude: "120",
      time: { hour: "10", minute: 42, second: "10", zone: 1 },
      speed: 3,
    };
    expect(acceptMessage(telem(sent), context).data).toStrictEqual(position);
  });

  it("cuts whole numbers towards zero before it looks at their range", () => {
    const sent = { ...position, altitude: -12.7, time: { hour: 24.9, minute: -0.5, second: "61.5" } };
    expect(acceptMessage(telem(sent), context).data).toStrictEqual({
      ...position,
      altitude: -12,
      time: { hour: 24, minute: 0, second: 61 },
    });
  });

  it.each([
    ["latitude", -90.001],
    ["latitude", 90.001],
    ["longitude", -180.1],
    ["longitude", 181],
    ["altitude", "high"],
    ["altitude", null],
    ["altitude", 1e300],
    ["time", "10:42:10"],
    ["time", null],
  ])("refuses the %s %j", (key, value) => {
    expect(rejection(telem({ ...position, [key]: value })).field).toBe(`data.${key}`);
  });

  it.each([
    ["hour", 25],
    ["hour", -1],
    ["minute", 60],
    ["second", 62],
    ["second", undefined],
  ])("refuses the %s %j", (key, value) => {
    expect(rejection(telem({ ...position, time: { ...position.time, [key]: value } })).field).toBe(
      `data.time.${key}`,
    );
  });

  it.each(["latitude", "longitude", "altitude", "time"])("requires %s", (key) => {
    expect(rejection(telem({ ...position, [key]: undefined })).field).toBe(`data.${key}`);
  });
});

describe("any upload at all", () => {
  it("is stored so that a consumer reads the same message, or is refused with a reason", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyUpload, (value) => {
        let message: ReturnType<typeof acceptMessage>;
        try {
          message = acceptMessage(value, context);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidMessageError);
          expect((error as Error).message).toMatch(/must|forbidden/);
          return;
        }
        accepted += 1;
        expect(parseMessage(serialiseMessage(message))).toStrictEqual(message);
        expect(message.time_uploaded).toBe(129_830);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
