import { columnsOf, cutToColumns } from "./columns.ts";

/** What is shown of an upload while it goes on. */
export interface ProgressView {
  /** Of the input. */
  readonly name: string;
  /** From 0 to 1; undefined where nobody can know. */
  readonly share: number | undefined;
  /** Messages with an outcome. */
  readonly settled: number;
  readonly rejected: number;
  /** Messages a second. */
  readonly rate: number;
  /** Where nothing gets through at the moment. */
  readonly pause: ProgressPause | undefined;
}

export interface ProgressPause {
  /** The gateway's address. */
  readonly where: string;
  readonly reason: string;
  /** Until the next try. */
  readonly milliseconds: number;
}

const widestBar = 30;
const narrowestBar = 8;

/** Everything there is to say, for a log. */
export function progressReport(view: ProgressView): string {
  return joined([view.name, ...facts(view)]);
}

/**
 * A line with a bar, which takes at most `columns` columns. What matters least goes first where there is no room: the bar, the
 * rate, the name; of a pause the name, the share, the address, and the end of the reason before that of the pause.
 */
export function progressBar(view: ProgressView, columns: number): string {
  const said = facts(view);
  const line = joined([view.name, ...said]);
  if (columnsOf(line) > columns) return shortened(view, columns);
  const room = columns - columnsOf(line) - "  []".length;
  if (view.share === undefined || view.pause !== undefined || room < narrowestBar) return line;
  return joined([view.name, bar(view.share, Math.min(room, widestBar)), ...said]);
}

function shortened(view: ProgressView, columns: number): string {
  const said = facts(view);
  if (view.pause !== undefined) return shortenedPause(joined(said), view.pause, columns);
  const withoutRate = said.slice(0, -1);
  const lines = [joined([view.name, ...withoutRate]), joined(withoutRate)];
  return lines.find((line) => columnsOf(line) <= columns) ?? cutToColumns(joined(said), columns);
}

function shortenedPause(withShare: string, pause: ProgressPause, columns: number): string {
  const { reason } = pause;
  const soon = `again in ${seconds(pause)} s`;
  const lines = [withShare, inFull(pause), `${reason}; trying ${soon}`, `${reason}; ${soon}`];
  const end = `…; ${soon}`;
  const fitting = lines.find((line) => columnsOf(line) <= columns);
  return fitting ?? cutToColumns(`${cutToColumns(reason, columns - columnsOf(end))}${end}`, columns);
}

function inFull(pause: ProgressPause): string {
  return `${pause.where}: ${pause.reason}; trying again in ${seconds(pause)} s`;
}

function seconds({ milliseconds }: ProgressPause): string {
  return (milliseconds / 1_000).toFixed(1);
}

/** The most important first. */
function facts({ share, settled, rejected, rate, pause }: ProgressView): readonly string[] {
  const percent = share === undefined ? [] : [`${Math.floor(share * 100)}%`.padStart(4)];
  if (pause !== undefined) return [...percent, inFull(pause)];
  const refused = rejected === 0 ? [] : [`${rejected} rejected`];
  return [...percent, `${settled} sent`, ...refused, `${Math.round(rate)}/s`];
}

function joined(parts: readonly string[]): string {
  return parts.join("  ");
}

function bar(share: number, width: number): string {
  const filled = Math.floor(share * width);
  return `[${"#".repeat(filled)}${"-".repeat(width - filled)}]`;
}
