import { expect, it } from "vitest";
import { messageTable } from "../../../lib/cli/spool/message-table.ts";
import type { ListedMessage } from "../../../lib/queue/spool/disk/spool-listing.ts";

function refused(sequence: number, callsign: string): ListedMessage {
  return {
    part: "set_aside",
    sequence,
    id: "0123456789abcdef0123456789abcdef",
    callsign,
    type: "LISTENER_INFO",
    bytes: 312,
    storedAt: 0,
    setAsideAt: 0,
    reason: "https://sqs.eu-west-1.amazonaws.com/1/q: InvalidMessageContents: no such character",
  };
}

const page = [refused(1, "M0ZDR"), refused(2, "X".repeat(50_000))];

it("shows the reason on a terminal, however long a callsign is", () => {
  expect(messageTable(60_000, 97)(page).split("\n")).toEqual([
    "SEQUENCE  AGE  BYTES  TYPE           CALLSIGN          ID                REASON",
    "       1  60s    312  LISTENER_INFO  M0ZDR             0123456789abcde…  InvalidMessageContents:…",
    "       2  60s    312  LISTENER_INFO  XXXXXXXXXXXXXXX…  0123456789abcde…  InvalidMessageContents:…",
    "",
  ]);
});

it("shows all of it elsewhere, and keeps a long callsign from making every line long", () => {
  const [, first = "", second = ""] = messageTable(60_000, Number.POSITIVE_INFINITY)(page).split("\n");
  expect(first).toContain(`${page[0]?.id}  ${page[0]?.reason}`);
  expect(first.length).toBeLessThan(250);
  expect(second).toContain(page[1]?.callsign);
});
