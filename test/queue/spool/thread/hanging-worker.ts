// The entry of a spool's thread that hangs, as in a disk that does not answer, once it is asked for anything.
import { parentPort } from "node:worker_threads";

parentPort?.postMessage([{ reply: "opened", queue: null }]);
parentPort?.on("message", () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
