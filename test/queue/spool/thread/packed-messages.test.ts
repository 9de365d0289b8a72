import { expect, it } from "vitest";
import { packed, unpacked } from "../../../../lib/queue/spool/thread/packed-messages.ts";
import { spoolable } from "../spooled.ts";

it("messages are the same on the other side, under their content's id and under their sender's key", () => {
  const messages = [
    spoolable("id", { body: '{"a":"é"}', bytes: 11, timeCreated: -1 }),
    spoolable("key", { contentId: "id", timeUploaded: 2 ** 53 - 1 }),
    spoolable("other"),
  ];
  expect(unpacked(structuredClone(packed(messages)))).toStrictEqual(messages);
});
