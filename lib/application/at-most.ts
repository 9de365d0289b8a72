/**
 * Runs a task as soon as there is room for it, in the order in which they come.
 *
 * @param size how much of the room it takes, at most all; 1 by default
 */
export type Turnstile = <Result>(task: () => Promise<Result>, size?: number) => Promise<Result>;

interface Waiting {
  readonly size: number;
  readonly enter: () => void;
}

/** Lets at most so many tasks, or sizes of tasks, run at a time. A task that fails gives its room up as one that does not. */
export function atMost(room: number): Turnstile {
  let free = room;
  const waiting: Waiting[] = [];

  /** Nobody slips in before the first of them, however little they take. */
  function letIn(): void {
    for (let next = waiting[0]; next !== undefined && next.size <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.size;
      next.enter();
    }
  }

  return async (task, size = 1) => {
    await new Promise<void>((enter) => {
      waiting.push({ size, enter });
      letIn();
    });
    try {
      return await task();
    } finally {
      free += size;
      letIn();
    }
  };
}
