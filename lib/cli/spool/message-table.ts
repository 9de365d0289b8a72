import type { ListedMessage } from "../../queue/spool/disk/spool-listing.ts";
import { visible } from "../../tail/message-text.ts";

/**
 * Characters of what a client may make long, on a terminal: enough to tell hashes apart, since the sequence is what names a
 * message.
 */
const short = 16;
/** Characters to which a column becomes wide: one that has more shall not move all others to the right. */
const widest = 64;
/** Between two columns. */
const gap = "  ";
/** Characters of a line that a reason has at least, however narrow the terminal. */
const leastReason = 16;
/** What is set aside was refused by one queue, whose address stands before each reason. */
const address = /^https?:\/\/\S+: /;

/**
 * Lists messages in columns for people, page by page: the head stands before the first, and columns only become wider. Columns
 * that do not fit go on to further lines, which begin below the second; nothing of a reason is left out, since it is what
 * those look for whose messages are refused.
 *
 * @param now wall clock, in milliseconds since the Unix epoch
 * @param width of the terminal; infinity for none
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
      for (const [column, cell] of row.entries()) {
        // Nothing is to the right of the last.
        const most = column === row.length - 1 ? Number.POSITIVE_INFINITY : widest;
        widths[column] = Math.min(most, Math.max(widths[column] ?? 0, cell.length));
      }
    }
    const lines = columnsByLine(widths.slice(0, rows[0]?.length), width);
    return rows.map((row) => `${text(row, lines, widths, width)}\n`).join("");
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

/** Which columns stand on each line of a row. */
function columnsByLine(widths: readonly number[], width: number): readonly (readonly number[])[] {
  const lines: number[][] = [];
  let left = width;
  for (const [column, columnWidth] of widths.entries()) {
    const line = lines.at(-1);
    left -= columnWidth + (line === undefined ? 0 : gap.length);
    if (line !== undefined && left >= 0) line.push(column);
    else {
      if (line !== undefined) left = width - indentOf(widths).length - columnWidth;
      lines.push([column]);
    }
  }
  return lines;
}

function text(
  row: readonly string[],
  lines: readonly (readonly number[])[],
  widths: readonly number[],
  width: number,
): string {
  const indent = indentOf(widths);
  const most = Math.max(leastReason, width - indent.length);
  const texts = lines.map((columns) =>
    columns
      .map((column) => padded(row, column, widths))
      .join(gap)
      .trimEnd(),
  );
  return texts.flatMap((line, index) => (index === 0 ? [line] : wrapped(line, most))).join(`\n${indent}`);
}

/** Numbers to the right, and nothing after the last. */
function padded(row: readonly string[], column: number, widths: readonly number[]): string {
  const cell = row[column] ?? "";
  if (column < 3) return cell.padStart(widths[column] ?? 0);
  return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
}

/** Further lines stand below the second column, so that the sequences can be told at a glance. */
function indentOf(widths: readonly number[]): string {
  return `${" ".repeat(widths[0] ?? 0)}${gap}`;
}

/** At words, where they are not too long themselves. */
function wrapped(line: string, most: number): readonly string[] {
  const lines = line.match(new RegExp(`.{1,${most}}(?:\\s+|$)|.{1,${most}}`, "gsu")) ?? [""];
  return lines.map((part) => part.trimEnd());
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
