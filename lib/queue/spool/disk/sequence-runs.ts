/** Consecutive sequences, both ends included. */
export interface SequenceRun {
  readonly first: number;
  readonly last: number;
}

/**
 * Sequences, in any order and without repeats, as the fewest runs: messages mostly leave in the order in which they
 * came, and a run is one statement.
 */
export function sequenceRuns(sequences: readonly number[]): readonly SequenceRun[] {
  const runs: { first: number; last: number }[] = [];
  for (const sequence of Float64Array.from(sequences).sort()) {
    const run = runs.at(-1);
    if (run?.last === sequence - 1) run.last = sequence;
    else runs.push({ first: sequence, last: sequence });
  }
  return runs;
}
