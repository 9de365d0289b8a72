import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { messageTypes, parseMessage } from "../../lib/message/index.ts";

const stored = {
  id: "1",
  source: { callsign: "M0ZDR", ip: null },
  type: "RECEIVED_TELEM",
  time_created: 1,
  time_uploaded: 2,
  data: { string: "" },
};

describe("parseMessage", () => {
  it("gives the consumer a message whose type tells its data", () => {
    const message = parseMessage(JSON.stringify(stored));
    if (message.type !== "RECEIVED_TELEM") throw new Error(message.type);
    const text: string = message.data.string;
    expect(text).toBe("");
    expect(message).toEqual(stored);
  });

  it.each([
    ["{", /JSON/],
    ["5", /object/],
    [JSON.stringify({ ...stored, type: "TELEM" }), /^type must be one of/],
    [JSON.stringify({ ...stored, type: "__proto__" }), /^type must be one of/],
    [JSON.stringify({ ...stored, id: "" }), /^id must not be empty/],
    [JSON.stringify({ ...stored, source: null }), /^source must be an object, got null/],
    [JSON.stringify({ ...stored, source: { callsign: "é", ip: null } }), /^source.callsign must/],
    [JSON.stringify({ ...stored, time_created: 1.5 }), /^time_created must be whole/],
    [JSON.stringify({ ...stored, data: { string: "a" } }), /^data.string must be base64/],
  ])("refuses %s", (body, reason) => {
    expect(() => parseMessage(body)).toThrow(reason);
  });
});

describe("the schemas", () => {
  it.each(messageTypes.map((type) => [type.name, type] as const))(
    "of %s can be written as JSON Schema",
    (_, type) => {
      expect(z.toJSONSchema(type.data, { io: "input" })).toMatchObject({ type: "object" });
    },
  );
});
