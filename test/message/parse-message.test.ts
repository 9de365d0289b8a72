import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { messageSchemas, messageTypes, parseMessage } from "../../lib/message/index.ts";

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

  it("leaves off keys that a newer gateway may add", () => {
    const newer = { ...stored, later: 1, data: { string: "", later: 1 } };
    expect(parseMessage(JSON.stringify(newer))).toStrictEqual(stored);
  });

  it.each([
    ["{", /JSON/],
    ["5", /must be a JSON object, got 5/],
    ["[]", /must be a JSON object, got an array/],
    ["null", /must be a JSON object, got null/],
    [JSON.stringify({ ...stored, type: "TELEM" }), /^type must be one of/],
    [JSON.stringify({ ...stored, type: "__proto__" }), /^type must be one of/],
    [JSON.stringify({ ...stored, id: "" }), /^id must be 1 to 128/],
    [JSON.stringify({ ...stored, id: "x".repeat(129) }), /^id must be 1 to 128/],
    [JSON.stringify({ ...stored, source: null }), /^source must be an object, got null/],
    [JSON.stringify({ ...stored, source: { callsign: "é", ip: null } }), /^source.callsign must/],
    [JSON.stringify({ ...stored, source: { callsign: "m0zdr", ip: null } }), /^source.callsign must/],
    [JSON.stringify({ ...stored, source: { callsign: "M0ZDR" } }), /^source.ip must/],
    [
      JSON.stringify({ ...stored, source: { callsign: "M0ZDR", ip: "::FFFF" } }),
      /^source.ip must.*canonical/,
    ],
    [JSON.stringify({ ...stored, time_created: "1" }), /^time_created must be whole/],
    [JSON.stringify({ ...stored, time_created: 1.5 }), /^time_created must be whole/],
    [JSON.stringify({ ...stored, data: { string: "a" } }), /^data.string must be base64/],
    [JSON.stringify({ ...stored, data: { string: "JCRo YWRpZQ==" } }), /^data.string must be base64/],
    [JSON.stringify({ ...stored, data: { string: "JCRoYWRpZR==" } }), /^data.string must be base64/],
    [JSON.stringify({ ...stored, data: { string: "", frequency: "5" } }), /^data.frequency must be Hz/],
    [JSON.stringify({ ...stored, type: "LISTENER_INFO", data: { name: 5 } }), /^data.name must be text/],
    [JSON.stringify({ ...stored, type: "LISTENER_INFO", data: { name: null } }), /^data.name must be text/],
    [JSON.stringify({ ...stored, type: "LISTENER_TELEM", data: {} }), /^data.latitude must be degrees/],
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

  it("say more of what is sent than of what is stored", () => {
    const stored = z.toJSONSchema(messageSchemas["RECEIVED_TELEM"] ?? z.never(), { io: "output" });
    expect(stored).toMatchObject({
      properties: { data: { properties: { frequency: { type: "number", minimum: 0 } } } },
    });
    const [receivedTelem] = messageTypes;
    expect(z.toJSONSchema(receivedTelem?.data ?? z.never(), { io: "input" })).toMatchObject({
      properties: { frequency: { anyOf: [{ type: "number" }, { type: "string" }] } },
      required: ["string"],
    });
  });
});
