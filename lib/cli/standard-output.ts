/**
 * Writes to standard output, no faster than it is read. Whoever reads may leave when they have enough, as `head` does.
 *
 * @returns what writes a text, and resolves to false once nobody reads any more
 */
export function standardOutput(): (text: string) => Promise<boolean> {
  let left = false;
  process.stdout.on("error", () => {
    left = true;
  });
  return (text) => new Promise((resolve) => process.stdout.write(text, (error) => resolve(!left && !error)));
}
