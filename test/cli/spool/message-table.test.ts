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

it("has a line for each where all of the reason fits beside the rest, however long a callsign is", () => {
  expect(messageTable(60_000, 114)(page).split("\n")).toEqual([
    "SEQUENCE  AGE  BYTES  TYPE           CALLSIGN          ID                REASON",
    "       1  60s    312  LISTENER_INFO  M0ZDR             0123456789abcde…  InvalidMessageContents: no such character",
    "       2  60s    312  LISTENER_INFO  XXXXXXXXXXXXXXX…  0123456789abcde…  InvalidMessageContents: no such character",
    "",
  ]);
});

it("gives the reason lines of its own where it does not fit, and leaves nothing of it out", () => {
  expect(messageTable(60_000, 113)(page).split("\n")).toEqual([
    "SEQUENCE  AGE  BYTES  TYPE           CALLSIGN          ID",
    "          REASON",
    "       1  60s    312  LISTENER_INFO  M0ZDR             0123456789abcde…",
    "          InvalidMessageContents: no such character",
    "       2  60s    312  LISTENER_INFO  XXXXXXXXXXXXXXX…  0123456789abcde…",
    "          InvalidMessageContents: no such character",
    "",
  ]);
});

it("breaks between columns on a narrow terminal, and at the words of a reason", () => {
  expect(messageTable(60_000, 40)([refused(1, "M0ZDR")]).split("\n")).toEqual([
    "SEQUENCE  AGE  BYTES  TYPE",
    "          CALLSIGN  ID",
    "          REASON",
    "       1  60s    312  LISTENER_INFO",
    "          M0ZDR     0123456789abcde…",
    "          InvalidMessageContents: no",
    "          such character",
    "",
  ]);
});

it("breaks a word that is longer than a line", () => {
  const reason = `${"x".repeat(50)} y`;
  const lines = messageTable(
    60_000,
    40,
  )([{ ...refused(1, "M0ZDR"), reason }])
    .trimEnd()
    .split("\n");
  expect(lines.slice(-2).map((line) => line.trimStart())).toEqual(["x".repeat(30), `${"x".repeat(20)} y`]);
});

it("lists what waits without a column for reasons", () => {
  const waiting = { ...refused(1, "M0ZDR"), part: "waiting", setAsideAt: null, reason: null } as const;
  expect(messageTable(60_000, 80)([waiting]).split("\n")).toEqual([
    "SEQUENCE  AGE  BYTES  TYPE           CALLSIGN  ID",
    "       1  60s    312  LISTENER_INFO  M0ZDR     0123456789abcde…",
    "",
  ]);
});

it("shows all of it elsewhere, and keeps a long callsign from making every line long", () => {
  const [, first = "", second = ""] = messageTable(60_000, Number.POSITIVE_INFINITY)(page).split("\n");
  expect(first).toContain(`${page[0]?.id}  ${page[0]?.reason}`);
  expect(first.length).toBeLessThan(250);
  expect(second).toContain(page[1]?.callsign);
});
