import { sqliteFailure } from "../../../platform/sqlite-failure.ts";
import type { Ballast } from "./ballast.ts";
import type { SpoolStore } from "./spool-store.ts";

/** Bytes, free within the database's file, that are left alone while there is no ballast. */
const freeMargin = 1_048_576;

export const diskFull = "the disk of the spool is full";

const reasons = {
  disk_full: diskFull,
  busy: "another program keeps the spool from being written",
  damaged: "the spool's database is damaged",
  disk: "the spool cannot be written",
} as const;

/** The room that the disk has for a spool, and that it keeps for the case that the disk has none. */
export class SpoolRoom {
  readonly #store: Pick<SpoolStore, "checkpoint" | "freeBytes">;
  readonly #ballast: Ballast;

  constructor(store: Pick<SpoolStore, "checkpoint" | "freeBytes">, ballast: Ballast) {
    this.#store = store;
    this.#ballast = ballast;
  }

  /** Whether it has what it keeps in reserve. */
  get isWhole(): boolean {
    return this.#ballast.held;
  }

  /** Takes a reserve on again, where there is room for it. */
  restore(): void {
    this.#ballast.takeOn();
  }

  /** Keeps what is needed to open the spool again. To be called once it is closed. */
  keepForOpening(): void {
    this.#ballast.takeOnLeast();
  }

  /** Without the reserve only what fits into the file as it is, so that copying the log into it can never fail. */
  has(bytes: number): boolean {
    return this.#ballast.held || this.#store.freeBytes() > freeMargin + 2 * bytes;
  }

  /** Why the store failed, for the operator. Where the disk is full, the reserve is given up. */
  explain(error: unknown): string {
    const failure = sqliteFailure(error);
    if (failure !== "disk_full") return `${reasons[failure]}: ${String(error)}`;
    this.#ballast.throwOff();
    try {
      this.#store.checkpoint();
    } catch {
      // Still no room; the next attempt to recover tries again.
    }
    return reasons.disk_full;
  }
}
