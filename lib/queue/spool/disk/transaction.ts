import type { DatabaseSync } from "node:sqlite";

/**
 * Does all of the work in one transaction, or none of it. Durable once this returns.
 *
 * @throws what the work throws, or SQLite
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  // Whoever waits for another's writing should do so before the work, not in the middle of it.
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures have rolled back already: https://sqlite.org/lang_transaction.html §3.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
