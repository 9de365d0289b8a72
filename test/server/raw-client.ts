import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that sends whatever bytes a test gives it. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything that has come, once it contains the text. Rejects when it ends without. */
  until(text: string): Promise<string>;
  /** Everything that came, once the server has closed its side or the connection is gone. */
  all(): Promise<string>;
}

/** @param address as a door tells it: `http://127.0.0.1:8080`, `scgi+unix:/run/scgi.sock` */
export async function connectTo(address: string): Promise<RawClient> {
  const [, path] = /^[a-z]+\+unix:(.*)$/.exec(address) ?? [];
  const { hostname, port } = path === undefined ? new URL(address) : { hostname: "", port: "" };
  const socket =
    path === undefined
      ? connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port), allowHalfOpen: true })
      : connect({ path, allowHalfOpen: true });
  await once(socket, "connect");
  let received = "";
  socket.on("data", (piece) => {
    received += piece;
  });
  socket.on("error", () => {});
  const ended = Promise.race([once(socket, "end"), once(socket, "close")]);
  return {
    socket,
    async until(text) {
      const isOver = ended.then(() => {
        if (!received.includes(text)) throw new Error(`it ended without ${text}: ${received}`);
      });
      while (!received.includes(text)) await Promise.race([once(socket, "data"), isOver]);
      return received;
    },
    async all() {
      await ended;
      return received;
    },
  };
}

/** Sends bytes on a connection of their own and gives back everything that comes. */
export async function sendTo(address: string, bytes: string | Uint8Array): Promise<string> {
  const client = await connectTo(address);
  client.socket.write(bytes);
  const answer = await client.all();
  client.socket.destroy();
  return answer;
}
