import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { compileCache } from "./test/support/compile-cache.ts";

// For the workers, which are processes of their own.
process.env["NODE_COMPILE_CACHE"] ??= compileCache;

// Two projects: `default` needs nothing but Node; `system` starts real programs (nginx, lighttpd, Apache, …)
// and says which of them it misses.
export default defineConfig({
  test: {
    // Many wait for the processes that they start, so that a machine with two cores has time for three of them.
    maxWorkers: Math.max(3, availableParallelism()),
    reporters: ["default", "./test/support/closing-line.ts"],
    projects: [
      {
        test: {
          name: "default",
          include: ["test/**/*.test.ts"],
          exclude: ["test/system/**"],
          // Some start real programs, on machines that may be busy with others.
          testTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
