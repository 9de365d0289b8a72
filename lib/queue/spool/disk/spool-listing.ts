import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Where a message lies: on its way to the queue, or refused by it for good. */
export type SpoolPart = "waiting" | "set_aside";

const spoolParts = ["waiting", "set_aside"] as const satisfies readonly SpoolPart[];

/** What is known of a message in the spool without its body. Times are milliseconds since the Unix epoch. */
export interface ListedMessage {
  readonly part: SpoolPart;
  readonly sequence: number;
  readonly id: string;
  readonly callsign: string;
  readonly type: string;
  /** As SQS counts them. */
  readonly bytes: number;
  readonly storedAt: number;
  /** Null for what waits. */
  readonly setAsideAt: number | null;
  /** Why the queue refused it; null for what waits. */
  readonly reason: string | null;
}

export interface WholeMessage extends ListedMessage {
  /** The body of the SQS message. */
  readonly body: string;
}

/** What is read at once: as many messages, or as many bytes and one message more. */
const pageMost = { messages: 1_000, bytes: 4_194_304 };

/**
 * Reads a spool, however large, beside the program that works on it. It is read in pages, each by itself: a reader who
 * stayed in one transaction would keep the write-ahead log from being cut back. So what comes and goes meanwhile may be seen or
 * not, but what stays is seen once.
 */
export class SpoolListing {
  readonly #statements: ReturnType<typeof prepare>;

  /** @param database as `openExistingSpool` gives it */
  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** Page by page, in their order. */
  list(part: SpoolPart): Iterable<readonly ListedMessage[]> {
    return pages<ListedMessage>(this.#statements.list[part]);
  }

  /** Page by page, in their order. */
  whole(part: SpoolPart): Iterable<readonly WholeMessage[]> {
    return pages<WholeMessage>(this.#statements.whole[part]);
  }

  /**
   * That of a sequence; where there is none, all of an id, which other callsigns may have too, what waits first. Clients that
   * number their messages have ids that look like sequences.
   *
   * Reads the whole spool for an id.
   */
  find(idOrSequence: string, parts: readonly SpoolPart[] = spoolParts): readonly WholeMessage[] {
    const { bySequence, byId } = this.#statements;
    const sequence = /^[0-9]{1,15}$/.test(idOrSequence) ? Number(idOrSequence) : -1;
    const found = parts.flatMap((part) => wholeMessages(bySequence[part], sequence));
    return found.length > 0 ? found : parts.flatMap((part) => wholeMessages(byId[part], idOrSequence));
  }

  /** The highest sequence; 0 when there is none. */
  last(part: SpoolPart): number {
    return (this.#statements.last[part].get() as { sequence: number }).sequence;
  }

  /** How many there are. */
  counts(): Readonly<Record<SpoolPart, number>> {
    return this.#statements.counts.get() as unknown as Record<SpoolPart, number>;
  }
}

function wholeMessages(statement: StatementSync, key: number | string): readonly WholeMessage[] {
  return statement.all(key) as unknown as readonly WholeMessage[];
}

function* pages<Listed extends ListedMessage>(statement: StatementSync): Iterable<readonly Listed[]> {
  for (let after = 0; ; ) {
    const page: Listed[] = [];
    let bytes = 0;
    for (const row of statement.iterate(after, pageMost.messages)) {
      const message = row as unknown as Listed;
      page.push(message);
      bytes += message.bytes;
      if (bytes >= pageMost.bytes) break;
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.sequence;
    yield page;
  }
}

const columns = {
  waiting: `'waiting' AS part, sequence, id, callsign, type, bytes, stored_at AS storedAt,
    NULL AS setAsideAt, NULL AS reason`,
  set_aside: `'set_aside' AS part, sequence, id, callsign, type, bytes, stored_at AS storedAt,
    set_aside_at AS setAsideAt, reason`,
} as const;

function prepare(database: DatabaseSync) {
  const forBoth = (sql: (part: SpoolPart) => string) => ({
    waiting: database.prepare(sql("waiting")),
    set_aside: database.prepare(sql("set_aside")),
  });
  const page = (part: SpoolPart) => `FROM ${part} WHERE sequence > ? ORDER BY sequence LIMIT ?`;
  return {
    list: forBoth((part) => `SELECT ${columns[part]} ${page(part)}`),
    whole: forBoth((part) => `SELECT ${columns[part]}, body ${page(part)}`),
    bySequence: forBoth((part) => `SELECT ${columns[part]}, body FROM ${part} WHERE sequence = ?`),
    byId: forBoth((part) => `SELECT ${columns[part]}, body FROM ${part} WHERE id = ?`),
    last: forBoth((part) => `SELECT coalesce(max(sequence), 0) AS sequence FROM ${part}`),
    counts: database.prepare("SELECT waiting, set_aside FROM tally"),
  };
}
