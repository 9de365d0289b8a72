import { createServer } from "node:net";

/**
 * The floor of the SCGI path: a server that accepts, waits for the first bytes and answers, whatever they are. Run as
 * a process of its own: `node accept-only.ts PATH`.
 */
const answer = Buffer.from("Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK");

createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () => socket.end(answer));
}).listen({ path: process.argv[2], backlog: 4096 }, () => process.stdout.write("ready\n"));
