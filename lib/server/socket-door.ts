import { createServer, type Server, type ServerOpts, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { Transport } from "./connection-observer.ts";
import { type Connection, Connections } from "./connections.ts";
import type { Door, DoorSettings } from "./door.ts";
import { Lifecycle } from "./lifecycle.ts";
import { type Listening, listen } from "./listen.ts";

/** Makes of an accepted socket a connection that speaks the door's protocol. */
export type Serve = (socket: Socket, acceptedAt: number, connections: Connections) => Connection;

/** Milliseconds for which a door that shuts accepts whom the system has kept for it; where clients never cease to come, not all. */
const acceptTime = 1_000;

/** What the doors on sockets share: listening, accepting within limits, and shutting. */
export class SocketDoor implements Door {
  readonly #transport: Transport;
  readonly #settings: DoorSettings;
  readonly #serve: Serve;
  readonly #connections: Connections;
  readonly #server: Server;
  readonly #lifecycle: Lifecycle;
  #listening: Listening | undefined;
  #accepted = 0;

  /** @param options with `pauseOnConnect` nothing is read of a connection until it resumes its socket */
  constructor(
    transport: Transport,
    settings: DoorSettings,
    serve: Serve,
    options: Pick<ServerOpts, "pauseOnConnect"> = {},
  ) {
    this.#transport = transport;
    this.#settings = settings;
    this.#serve = serve;
    this.#connections = new Connections(settings);
    // Half-open: some clients close their side once they have sent their request, and wait for the answer.
    const serverOptions = { allowHalfOpen: true, noDelay: true, ...options };
    this.#server = createServer(serverOptions, (socket) => this.#accept(socket));
    this.#lifecycle = new Lifecycle(
      () => this.#open(),
      () => this.#close(),
    );
  }

  get address(): string {
    return this.#listening === undefined ? "" : `${this.#transport}${this.#listening.address}`;
  }

  start(): Promise<void> {
    return this.#lifecycle.start();
  }

  shutdown(): Promise<void> {
    return this.#lifecycle.shutdown();
  }

  async #open(): Promise<void> {
    this.#listening = await listen(this.#server, this.#settings.listen);
    this.#server.on("error", (error) => this.#settings.observer.acceptFailed(this.#transport, error));
  }

  async #close(): Promise<void> {
    this.#connections.announceClose();
    await this.#listening?.unpublish();
    await this.#acceptWaiting();
    this.#server.close();
    await this.#connections.close();
    await twoTurns();
    this.#settings.cohort.run();
  }

  /**
   * Who had connected before it shuts is served: closing would reset whom the system has kept for us. A turn of the event loop
   * may accept no more than one, and the first may be over before it has looked. Who waits to be read with others is read
   * meanwhile: what has come of a request shows that its connection is not idle.
   */
  async #acceptWaiting(): Promise<void> {
    const { clock, timeout, cohort } = this.#settings;
    const until = clock.monotonic() + Math.min(acceptTime, timeout);
    let before: number;
    do {
      before = this.#accepted;
      cohort.run();
      await twoTurns();
    } while (this.#accepted > before && clock.monotonic() < until);
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    const { observer, clock, cohort } = this.#settings;
    observer.connected(this.#transport);
    // The client is gone, or its network: "close" follows, and there is nobody to tell.
    socket.on("error", () => {});
    const connection = this.#serve(socket, clock.monotonic(), this.#connections);
    socket.on("close", () => {
      this.#connections.remove(connection);
      connection.closed();
      cohort.runAtLeisure(() => observer.disconnected(this.#transport));
    });
    this.#connections.admit(connection);
  }
}

/** What the first turn of the event loop closes or accepts is told of at its end. */
async function twoTurns(): Promise<void> {
  await turn();
  await turn();
}
