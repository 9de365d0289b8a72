import type { InsertHandler, InsertRequest, InsertResponse } from "../../lib/application/insert-request.ts";
import { respond } from "../../lib/application/respond.ts";
import type { ConnectionObserver, RequestRecord } from "../../lib/server/connection-observer.ts";

export interface Answering extends InsertHandler {
  /** Every request that came through, in order. */
  readonly requests: readonly InsertRequest[];
}

/** Answers at once with what the request's body says. */
export function echo(): Answering {
  return answering(async (request) => plain(request, Buffer.from(request.body).toString()));
}

export function answering(handle: (request: InsertRequest) => Promise<InsertResponse>): Answering {
  const requests: InsertRequest[] = [];
  return {
    requests,
    handle(request) {
      requests.push(request);
      return handle(request);
    },
  };
}

export function plain(request: InsertRequest, body: string): InsertResponse {
  return respond({ status: 200, contentType: "text/plain", body }, request);
}

/** A handler that answers when the test says so. */
export interface Held extends Answering {
  /** Resolves once a request has come in. */
  readonly asked: Promise<void>;
  release(): void;
}

export function held(): Held {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const handler = answering(async (request) => {
    asked.resolve();
    await released.promise;
    return plain(request, "late");
  });
  return { ...handler, asked: asked.promise, release: () => released.resolve() };
}

export interface Watching extends ConnectionObserver {
  readonly records: readonly RequestRecord[];
  /** Of connections that sent none. */
  readonly silences: readonly RequestRecord[];
  readonly open: number;
  /** Resolves with the records once there are so many of them. */
  finishedTimes(count: number): Promise<readonly RequestRecord[]>;
  /** Resolves once no connection is open. */
  quiet(): Promise<void>;
}

export function watching(): Watching {
  const records: RequestRecord[] = [];
  const silences: RequestRecord[] = [];
  const waiting: { readonly isDue: () => boolean; readonly resolve: () => void }[] = [];
  let open = 0;
  const changed = () => {
    for (const { isDue, resolve } of waiting) if (isDue()) resolve();
  };
  const when = (isDue: () => boolean) =>
    isDue() ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ isDue, resolve }));
  return {
    records,
    silences,
    get open() {
      return open;
    },
    connected() {
      open += 1;
    },
    finished(record) {
      records.push(record);
      changed();
    },
    silent(record) {
      silences.push(record);
    },
    disconnected() {
      open -= 1;
      changed();
    },
    acceptFailed() {},
    async finishedTimes(count) {
      await when(() => records.length >= count);
      return records;
    },
    quiet: () => when(() => open === 0),
  };
}
