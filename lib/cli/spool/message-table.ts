import type { ListedMessage } from "../../queue/spool/disk/spool-listing.ts";
import { visible } from "../../tail/message-text.ts";

/**
 * Characters of what a client may make long, on a terminal: enough to tell hashes apart, since the sequence is what names a
 * message.
 */
const short = 16;
/** Characters to which a column becomes wide: one that has more shall not move all others to the right. */
const widest = 64;
/** What is set aside was refused by one queue, whose address stands before each reason. */
const address = /^https?:\/\/\S+: /;

/**
 * Lists messages in columns for people, page by page: the head stands before the first, and columns only become wider.
 *
 * @param now wall clock, in milliseconds since the Unix epoch
 * @param width of the terminal, where lines are cut; infinity for none
 */
export function messageTable(now: number, width: number): (page: readonly ListedMessage[]) => string {
  const head = ["SEQUENCE", "AGE", "BYTES", "TYPE", "CALLSIGN", "ID", "REASON"];
  const widths = head.map(() => 0);
  let isFirst = true;
  return (page) => {
    const rows = page.map((message) => cells(message, now, width));
    if (isFirst) rows.unshift(head.slice(0, page[0]?.reason == null ? -1 : undefined));
    isFirst = false;
    for (const row of rows) {
      for (const [column, cell] of row.entries())
        widths[column] = Math.min(widest, Math.max(widths[column] ?? 0, cell.length));
    }
    return rows.map((row) => `${cut(line(row, widths), width)}\n`).join("");
  };
}

function cells(message: ListedMessage, now: number, width: number): readonly string[] {
  const { sequence, storedAt, bytes, type, callsign, id, reason } = message;
  const onTerminal = width !== Number.POSITIVE_INFINITY;
  const names = onTerminal ? [cut(callsign, short), cut(id, short)] : [callsign, id];
  const facts = [String(sequence), age(now - storedAt), String(bytes), type, ...names];
  if (reason === null) return facts;
  return [...facts, visible(onTerminal ? reason.replace(address, "") : reason)];
}

/** Numbers to the right, and nothing after the last. */
function line(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, column) => {
    if (column < 3) return cell.padStart(widths[column] ?? 0);
    return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
  });
  return padded.join("  ");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** In the largest unit of which there are two at least. */
function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
