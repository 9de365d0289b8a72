import fc from "fast-check";
import { expect, it } from "vitest";
import { serialiseMessage } from "../../lib/message/serialise-message.ts";
import { messageLine, messageText } from "../../lib/tail/message-text.ts";
import { numberedMessage } from "../support/messages.ts";

it("is for programs the body as it is on the queue", () => {
  const body = ` {"a" : 1.0}`;
  expect(messageLine(body)).toBe(body);
});

it("is one line for programs whatever the body", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), fc.constantFrom("", "\n", "\r\n"), (text, end) => {
      const line = messageLine(text + end);
      expect(line).not.toMatch(/[\r\n]/);
      if (end !== "") expect(JSON.parse(line)).toEqual(parsedOrText(text + end));
    }),
  );
});

function parsedOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

it("says to people when, who and what", () => {
  const message = { ...numberedMessage(1_295_103_600), data: { name: "Ådám" } };
  expect(messageText(serialiseMessage(message))).toBe(
    `2011-01-15T15:00:00Z  M0ZDR     LISTENER_INFO   {"name":"Ådám"}`,
  );
});

it("says that a body is no message, and gives no orders to the terminal", () => {
  expect(messageText("\u001b[2J \u009b2J \u007f")).toBe("not a message: \\u001b[2J \\u009b2J \\u007f");
  const message = { ...numberedMessage(1), data: { name: "\u001b[2J\u009b2J" } };
  expect(messageText(serialiseMessage(message))).toContain('{"name":"\\u001b[2J\\u009b2J"}');
});
