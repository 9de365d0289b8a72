import { connect } from "node:net";
import type { ListenAddress } from "../../server/listen-address.ts";

/** Of what somebody else has who is a Postern as well. */
export const runningNote = "a running Postern uses it";

/** Milliseconds for it to answer. */
const patience = 5_000;
/** Characters of an answer in which its headers must end. */
const enough = 16_384;

/** Each answer of a Postern has the id of its request, whatever was asked: see `requestIds`. */
const requestId = /^x-request-id: [0-9a-f]{12}-[0-9a-z]+\r$/m;
/** What a web server in front of one says of itself, which passes that id on. */
const webServer = /^(?:server|via):/im;

/** Whether who listens at an address is a Postern. Asks what this is, without its text. */
export async function isPostern(listen: ListenAddress, protocol: "http" | "scgi"): Promise<boolean> {
  if (listen.kind === "fd") return false;
  const head = await answerHead(listen, protocol === "http" ? httpRequest : scgiRequest);
  return requestId.test(head) && !webServer.test(head);
}

const httpRequest = "HEAD / HTTP/1.1\r\nHost: postern\r\nConnection: close\r\n\r\n";

const scgiHeaders = ["CONTENT_LENGTH", "0", "SCGI", "1", "REQUEST_METHOD", "HEAD", "REQUEST_URI", "/"]
  .map((text) => `${text}\0`)
  .join("");
const scgiRequest = `${scgiHeaders.length}:${scgiHeaders},`;

/** "" where there is none. */
function answerHead(listen: ListenAddress & { kind: "unix" | "tcp" }, request: string): Promise<string> {
  return new Promise((resolve) => {
    const { kind: _, ...where } = listen;
    const socket = connect({ ...where, signal: AbortSignal.timeout(patience) });
    let said = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      said += text;
      if (said.includes("\r\n\r\n") || said.length > enough) socket.destroy();
    });
    // It is gone, or was too slow: it has said what it has.
    socket.on("error", () => {});
    socket.on("close", () => resolve(`${said.split("\r\n\r\n", 1)[0]}\r\n`));
    socket.write(request);
  });
}
