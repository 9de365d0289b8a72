import type { InsertHandler } from "../application/insert-request.ts";
import { type Clock, systemClock } from "../message/clock.ts";
import { Cohort } from "./cohort.ts";
import { type ConnectionObserver, noObserver } from "./connection-observer.ts";
import type { ListenAddress } from "./listen-address.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { requestIds } from "./request-id.ts";

/** A server on a socket, whatever it speaks. */
export interface Door {
  /**
   * Resolves when connections are taken; at once when the door was shut before.
   *
   * @throws {ListenError} one line that says what is in the way
   */
  start(): Promise<void>;
  /**
   * Stops accepting, closes idle connections, lets requests in flight be answered, for one timeout at most, and
   * resolves when no connection is left. May be called at any time, any number of times. Never rejects.
   */
  shutdown(): Promise<void>;
  /** Where it listens, once started: `http://127.0.0.1:8080`, `scgi+unix:/run/postern/scgi.sock`; "" before. */
  readonly address: string;
}

export interface DoorOptions {
  readonly listen: ListenAddress;
  readonly handler: InsertHandler;
  /** Path under which the proxy serves the actions, where it does not say so itself. Default "". */
  readonly prefix?: string;
  /** Milliseconds from the accept to the end of the answer. Default 13,000. */
  readonly timeout?: number;
  /** Connections at this door; each one more is answered 503 at once. Default 10,000. */
  readonly maxConnections?: number;
  /** Bytes that a body may have on the wire. Default 1 MiB. */
  readonly maxBody?: number;
  /** What bodies may take together, here and at the doors that have the same. Default: 256 MiB for this door. */
  readonly memory?: MemoryBudget;
  /** Bytes that the headers may have together. Default 64 KiB. */
  readonly maxHeaderBytes?: number;
  /** Default 200. */
  readonly maxHeaders?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly observer?: ConnectionObserver;
  /** Makes a new id for each request. What a client calls its request is not trusted. */
  readonly newRequestId?: () => string;
}

export interface DoorSettings extends Required<DoorOptions> {
  /** What has arrived, and who has come to an end. */
  readonly cohort: Cohort;
}

export function doorSettings(options: DoorOptions): DoorSettings {
  return {
    prefix: "",
    timeout: 13_000,
    maxConnections: 10_000,
    maxBody: 1_048_576,
    memory: new MemoryBudget(268_435_456),
    maxHeaderBytes: 65_536,
    maxHeaders: 200,
    clock: systemClock,
    observer: noObserver,
    newRequestId: requestIds(),
    cohort: new Cohort(),
    ...options,
  };
}
