import { isLackOfRoom, writeFailure } from "../../../platform/file-failure.ts";
import { sqliteFailure } from "../../../platform/sqlite-failure.ts";
import { trialWrite } from "../../../platform/trial-write.ts";
import type { Ballast } from "./ballast.ts";
import { logLimit } from "./spool-database.ts";
import type { SpoolFiles } from "./spool-files.ts";
import type { SpoolStore } from "./spool-store.ts";

/** Bytes, free within the database's file, that are left alone while there is no ballast. */
const freeMargin = 1_048_576;

export const diskFull = "the disk of the spool is full, or its quota used up";

const reasons = {
  disk_full: diskFull,
  busy: "another program keeps the spool from being written",
  damaged: "the spool's database is damaged, or cannot be read",
  disk: "the spool cannot be written",
} as const;

const displaced = "the files of the spool have been moved or removed";

export interface SpoolRoomOptions {
  readonly store: Pick<SpoolStore, "checkpoint" | "confirm" | "freeBytes" | "logBytes" | "probe">;
  readonly ballast: Ballast;
  readonly files: Pick<SpoolFiles, "inPlace">;
  /** Writes a little, and gives what the system says against it. */
  readonly trial?: () => unknown;
}

/**
 * Whether the disk can store more of a spool, and why not: the room that it has, what it keeps in reserve for the case that it
 * has none, and the state of the files.
 */
export class SpoolRoom {
  readonly #store: SpoolRoomOptions["store"];
  readonly #ballast: Ballast;
  readonly #files: SpoolRoomOptions["files"];
  readonly #trial: () => unknown;
  /** What the last trial said, until the next try to recover: each wears the disk. */
  #said: { readonly error: unknown } | undefined;
  /** Why a log that is too long cannot be copied into the database. */
  #logFailure: string | null = null;

  constructor({ store, ballast, files, trial = () => trialWrite(ballast.folder) }: SpoolRoomOptions) {
    this.#store = store;
    this.#ballast = ballast;
    this.#files = files;
    this.#trial = trial;
  }

  /** Whether it has what it keeps in reserve. */
  get isWhole(): boolean {
    return this.#ballast.held;
  }

  /** Takes a reserve on again, where there is room for it. */
  restore(): void {
    this.#said = undefined;
    this.#ballast.takeOn();
  }

  /** Keeps what is needed to open the spool again. To be called once it is closed. */
  keepForOpening(): void {
    this.#ballast.takeOnLeast();
  }

  /**
   * What keeps so many bytes from being stored, as far as can be told without a try; null when nothing does. Without the
   * reserve only what fits into the file as it is may be, so that copying the log into it can never fail.
   */
  obstacle(bytes: number): string | null {
    if (!this.#files.inPlace) return displaced;
    if (this.#logFailure !== null) return this.#logFailure;
    if (this.#ballast.held || this.#store.freeBytes() > freeMargin + 2 * bytes) return null;
    const { failure } = this.#ballast;
    return failure === undefined ? diskFull : `${reasons.disk}: ${writeFailure(failure)}`;
  }

  /** What a try says: null when messages can be stored. */
  whyNotStoring(): string | null {
    try {
      this.#lookAfterLog();
      const obstacle = this.obstacle(0);
      if (obstacle !== null) return obstacle;
      this.#store.confirm();
      this.#store.probe();
      return null;
    } catch (error) {
      return this.explain(error);
    }
  }

  /** What nobody would notice otherwise; null for nothing. To be asked now and then. */
  lookAfter(): string | null {
    try {
      if (this.#files.inPlace) this.#lookAfterLog();
      return this.obstacle(0);
    } catch {
      // A disk that cannot be read tells so where messages are stored and sent.
      return null;
    }
  }

  /** SQLite copies it into the database after many a commit, and tells nobody when it cannot: it would grow until the disk is full. */
  #lookAfterLog(): void {
    this.#logFailure = null;
    if (this.#store.logBytes <= logLimit) return;
    try {
      this.#store.checkpoint();
    } catch (error) {
      this.#logFailure = this.explain(error);
    }
  }

  /** Why the store failed, for the operator. Where the disk is full, the reserve is given up. */
  explain(error: unknown): string {
    const failure = sqliteFailure(error);
    const said = failure === "disk" ? this.#whatSystemSays() : undefined;
    if (failure === "disk_full" || isLackOfRoom(said)) {
      this.#giveUpReserve();
      return reasons.disk_full;
    }
    return `${reasons[failure]}: ${said === undefined ? String(error) : writeFailure(said)}`;
  }

  #whatSystemSays(): unknown {
    this.#said ??= { error: this.#trial() };
    return this.#said.error;
  }

  #giveUpReserve(): void {
    this.#ballast.throwOff();
    try {
      this.#store.checkpoint();
    } catch {
      // Still no room; the next attempt to recover tries again.
    }
  }
}
