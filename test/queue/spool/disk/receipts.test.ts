import { expect, it } from "vitest";
import { receiptBytes, writeReceipt } from "../../../../lib/queue/spool/disk/receipts.ts";
import { spoolable } from "../spooled.ts";

const identity = "6fbffc605c6986cbb10f27390a1b033d";
const content = "ed7002b439e9ac845f22357d822bac14";
const times = "000000000000f03f0000000000000040";

it.each([
  ["under its sender's key", { contentId: "content" }, identity + content + times],
  ["under its content's id", {}, identity + identity + times],
])(
  "a receipt of a message %s has the bytes that are on the disks of those who run an older version",
  (_, keyed, bytes) => {
    const receipts = Buffer.alloc(2 * receiptBytes);
    writeReceipt(receipts, 1, spoolable("key", keyed));
    expect(receipts.toString("hex")).toBe("00".repeat(receiptBytes) + bytes);
  },
);
