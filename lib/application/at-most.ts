/** Runs a task as soon as there is a place for it, in the order in which they come. */
export type Turnstile = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Lets at most so many tasks run at a time. A task that fails gives its place up as one that does not. */
export function atMost(places: number): Turnstile {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place goes to the next one without ever being free: nobody slips in between.
      if (next === undefined) free += 1;
      else next();
    }
  };
}
