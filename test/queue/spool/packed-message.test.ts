import { expect, it } from "vitest";
import { packed, unpacked } from "../../../lib/queue/spool/packed-message.ts";
import { spoolable } from "./spooled.ts";

it.each([
  ["under its content's id", spoolable("id", { body: '{"a":"é"}', bytes: 11, timeCreated: -1 })],
  ["under its sender's key", spoolable("key", { contentId: "id", timeUploaded: 2 ** 53 - 1 })],
])("a message %s is the same on the other side", (_, message) => {
  expect(unpacked(structuredClone(packed(message)))).toStrictEqual(message);
});
