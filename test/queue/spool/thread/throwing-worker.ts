// The entry of a spool's thread that dies of a defect once it is asked for anything.
import { parentPort } from "node:worker_threads";

parentPort?.postMessage([
  { reply: "report", report: { depth: 7 } },
  { reply: "opened", queue: null },
]);
parentPort?.on("message", () => {
  throw new Error("defect");
});
