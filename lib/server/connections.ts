import type { Socket } from "node:net";
import type { Problem } from "../application/problem.ts";
import type { Clock } from "../message/clock.ts";
import { Deadline, Deadlines } from "./deadlines.ts";
import { Link, LinkedList } from "./linked-list.ts";
import { tooManyConnections } from "./refusals.ts";

/** One connection, as its door serves it; a link among those that are open. */
export abstract class Connection extends Link<Connection> {
  readonly socket: Socket;
  /** Monotonic milliseconds. */
  readonly acceptedAt: number;
  /** Of all of it, or of its end: for `Connections` to set. */
  readonly deadline = new Deadline<Connection>(this);
  /** Once it has had its last answer: for `Connections` to set. */
  parting: Parting | undefined;

  constructor(socket: Socket, acceptedAt: number) {
    super();
    this.socket = socket;
    this.acceptedAt = acceptedAt;
  }

  /** Whether nothing is under way: no request has begun, or all are answered. */
  abstract get isIdle(): boolean;
  /** Begins to read. Not called of a connection that is turned away. */
  abstract serve(): void;
  /** Answers in place of the handler, then closes, with `Connections.linger` to see to it. */
  abstract refuse(problem: Problem): void;
  /** Its time is up: answers what can still be answered, and closes. */
  abstract timeOut(): void;
  /** Its socket is closed: tells what became of its requests. */
  abstract closed(): void;
}

/** How a connection that has had its last answer comes to its end. */
interface Parting {
  /** Monotonic milliseconds until which its client may send on. */
  readonly until: number;
  /** What had come when it was last looked at, in bytes. */
  readonly bytesRead: number;
}

export interface ConnectionsOptions {
  /** Milliseconds that a connection has from the accept to the end of its answer. */
  readonly timeout: number;
  readonly maxConnections: number;
  readonly clock: Clock;
}

/** Milliseconds that a client which sends nothing more has to take its last answer and close. */
const lingerTime = 1_000;

/**
 * Milliseconds that a connection is kept for a next request while nothing of it comes: a second more than clients are told, for
 * what is on its way.
 */
const idleTime = 6_000;

/**
 * Milliseconds for which a shutdown spares connections on which nothing is under way: a proxy that has just connected is about
 * to send, and on a kept connection a request may be on its way, which a close would reset.
 */
const idleRespite = 100;

/**
 * The open connections of a door: how many there may be, how long each may take, and how they end. Keeps the
 * invariant that every socket in it is closed after a bounded time, whatever its client does.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new LinkedList<Connection>();
  readonly #deadlines: Deadlines<Connection>;
  readonly #idle: Deadlines<Connection>;
  readonly #lingering: Deadlines<Connection>;
  /** How many of the open ones have had their last answer. */
  #answered = 0;
  #closing = false;
  /** When all are to be closed, in monotonic milliseconds: one timeout after the door has begun to shut. */
  #closeBy = Number.POSITIVE_INFINITY;
  #whenEmpty = () => {};

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.timeout, options.clock, (connection) => connection.timeOut());
    this.#idle = new Deadlines(Math.min(idleTime, options.timeout), options.clock, ({ socket }) =>
      socket.destroy(),
    );
    this.#lingering = new Deadlines(lingerTime, options.clock, (connection) => this.#part(connection));
  }

  /** Whether the door is shutting: what is answered now is the last on its connection. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Says that the door is shutting, while it still takes in who has come already. */
  announceClose(): void {
    this.#closing = true;
    this.#closeBy = Math.min(this.#closeBy, this.#options.clock.monotonic() + this.#options.timeout);
  }

  /** Takes a connection in, or turns it away at once when there are too many; nobody waits for a place. */
  admit(connection: Connection): void {
    const { socket } = connection;
    const { maxConnections } = this.#options;
    // Those whose clients are slow to close keep others out only when they are as many again.
    const underWay = this.#open.size - Math.min(this.#answered, maxConnections);
    const turnedAway = this.#lingering.size - this.#answered;
    if (underWay < maxConnections) {
      this.#open.append(connection);
      this.#deadlines.set(connection.deadline);
      connection.serve();
    } else if (turnedAway < maxConnections) {
      connection.refuse(tooManyConnections());
    } else {
      socket.destroy();
    }
  }

  /** Gives a connection its whole time anew, for its next request; not one that has had its last answer. */
  renew(connection: Connection): void {
    if (!this.#lingering.has(connection.deadline)) this.#deadlines.set(connection.deadline);
  }

  /** Keeps a connection for a next request, of which nothing has come; not anew one that is kept. */
  rest(connection: Connection): void {
    const { deadline } = connection;
    if (!this.#lingering.has(deadline) && !this.#idle.has(deadline)) this.#idle.set(deadline);
  }

  /**
   * Gives a connection that has had its last answer a second to end by itself, and as long as its client sends, what was left
   * of its time: many read no answer before they have sent all, and a web server in between tells of its own failure instead.
   * Meanwhile what comes is to be read and thrown away: closing with something left to read would reset the connection
   * and destroy the answer on its way (RFC 9112 §9.6).
   */
  linger(connection: Connection): void {
    const { socket, deadline, acceptedAt } = connection;
    // One that was turned away has had no deadline.
    const until = Number.isFinite(deadline.at) ? deadline.at : acceptedAt + this.#options.timeout;
    if (connection.parting === undefined) {
      connection.parting = { until, bytesRead: socket.bytesRead };
      if (this.#isOpen(connection)) this.#answered += 1;
    }
    this.#lingering.set(deadline);
  }

  /** Its socket is closed. */
  remove(connection: Connection): void {
    if (connection.parting !== undefined && this.#isOpen(connection)) this.#answered -= 1;
    this.#open.remove(connection);
    this.#deadlines.clear(connection.deadline);
    this.#idle.clear(connection.deadline);
    this.#lingering.clear(connection.deadline);
    if (this.#open.size === 0) this.#whenEmpty();
  }

  /** Resolves when all are closed: idle ones soon, others when they are answered or one timeout after the announcement. */
  async close(): Promise<void> {
    this.announceClose();
    const idle = setTimeout(() => this.#closeIdle(), idleRespite);
    const left = Math.max(0, this.#closeBy - this.#options.clock.monotonic());
    const last = setTimeout(() => this.#closeAll(), left);
    await this.#empty();
    clearTimeout(idle);
    clearTimeout(last);
    this.#closeBy = Number.NEGATIVE_INFINITY;
    this.#lingering.expireAll();
  }

  /** And not one that was turned away. */
  #isOpen(connection: Connection): boolean {
    return connection.list === this.#open;
  }

  #part(connection: Connection): void {
    const { socket, deadline, parting } = connection;
    const { bytesRead } = socket;
    const until = Math.min(parting?.until ?? 0, this.#closeBy);
    if (parting !== undefined && bytesRead > parting.bytesRead && this.#options.clock.monotonic() < until) {
      connection.parting = { until, bytesRead };
      this.#lingering.set(deadline);
    } else {
      socket.destroy();
    }
  }

  #empty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  #closeIdle(): void {
    for (const { socket, isIdle } of this.#open.items()) if (isIdle) socket.destroy();
  }

  #closeAll(): void {
    for (const connection of this.#open.items()) {
      connection.timeOut();
      connection.socket.destroySoon();
    }
  }
}
