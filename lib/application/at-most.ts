/**
 * Runs a task as soon as there is room for it, in the order in which they come.
 *
 * @param size how much of the room it takes, at most all; 1 by default
 * @param giveUp rejects with its reason, and never runs the task, when it is aborted before there is room
 */
export type Turnstile = <Result>(
  task: () => Promise<Result>,
  size?: number,
  giveUp?: AbortSignal,
) => Promise<Result>;

interface Waiting {
  readonly size: number;
  readonly enter: () => void;
}

/** Lets at most so many tasks, or sizes of tasks, run at a time. A task that fails gives its room up as one that does not. */
export function atMost(room: number): Turnstile {
  let free = room;
  /** In the order in which they came. */
  const waiting = new Set<Waiting>();

  /** Nobody slips in before the first of them, however little they take. */
  function letIn(): void {
    for (const next of waiting) {
      if (next.size > free) return;
      waiting.delete(next);
      free -= next.size;
      next.enter();
    }
  }

  function turn(size: number, giveUp: AbortSignal | undefined): Promise<void> {
    if (giveUp?.aborted) return Promise.reject(giveUp.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = {
      size,
      enter() {
        giveUp?.removeEventListener("abort", leave);
        resolve();
      },
    };
    function leave(): void {
      waiting.delete(entry);
      reject(giveUp?.reason);
      // Whom it kept waiting may take less.
      letIn();
    }
    giveUp?.addEventListener("abort", leave);
    waiting.add(entry);
    letIn();
    return promise;
  }

  return async (task, size = 1, giveUp = undefined) => {
    await turn(size, giveUp);
    try {
      return await task();
    } finally {
      free += size;
      letIn();
    }
  };
}
