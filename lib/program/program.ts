import { info } from "../actions/info.ts";
import { message } from "../actions/message.ts";
import { InsertApplication } from "../application/insert-application.ts";
import { httpServer } from "../http/http-server.ts";
import { systemClock } from "../message/clock.ts";
import { scgiServer } from "../scgi/scgi-server.ts";
import type { Door, DoorOptions } from "../server/door.ts";
import { Lifecycle } from "../server/lifecycle.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { Logger } from "./logger.ts";
import { openQueue } from "./open-queue.ts";
import { problemLog } from "./problem-log.ts";
import { requestLog } from "./request-log.ts";
import type { ServeSettings } from "./serve-settings.ts";

/** What a client may ask for on premises. */
const actions = [info, message];

export interface ProgramOptions {
  readonly settings: ServeSettings;
  readonly log: Logger;
  /** Takes the ready lines, in their order; `ready` is the last. */
  readonly announce: (line: string) => void;
}

/** The on-premises program: everything that `postern serve` runs, wired together. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #lifecycle: Lifecycle;
  /** What was opened, in the order in which it was; closed in reverse. */
  #resources = new AsyncDisposableStack();

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#lifecycle = new Lifecycle(
      () => this.#open(),
      () => this.#resources.disposeAsync(),
    );
  }

  /**
   * Resolves when every listener is bound and has been announced, or at once when it was shut down before.
   *
   * @throws {Error} with one line that says what is in the way; then nothing is left open
   */
  start(): Promise<void> {
    return this.#lifecycle.start();
  }

  /**
   * Stops accepting, answers what is in flight and closes the queue. At any time, any number of times; resolves when
   * all is closed.
   */
  shutdown(): Promise<void> {
    return this.#lifecycle.shutdown();
  }

  async #open(): Promise<void> {
    const { settings, log, announce } = this.#options;
    await using resources = new AsyncDisposableStack();
    const { queue, queueUrl } = await openQueue(settings, log, resources);
    const application = new InsertApplication({
      queue,
      actions,
      clock: systemClock,
      maxBody: settings.maxBody,
      queueTimeout: settings.queueTimeout,
      onProblem: problemLog(log),
    });
    const doors = this.#doors(application);
    resources.defer(async () => {
      await Promise.all(doors.map((door) => door.shutdown()));
    });
    for (const door of doors) await door.start();
    this.#resources = resources.move();
    for (const door of doors) announce(`listening on ${door.address}`);
    announce(`queue ${queueUrl}`);
    announce("ready");
  }

  #doors(handler: InsertApplication): readonly Door[] {
    const { settings, log } = this.#options;
    const options = (listen: ListenAddress): DoorOptions => ({
      listen: listen.kind === "unix" ? { ...listen, mode: settings.socketMode } : listen,
      handler,
      prefix: settings.prefix,
      timeout: settings.timeout,
      maxConnections: settings.maxConnections,
      maxBody: settings.maxBody,
      clock: systemClock,
      observer: requestLog(log),
    });
    const http = settings.http === undefined ? [] : [httpServer(options(settings.http))];
    const scgi = settings.scgi
      .filter((listen) => listen !== undefined)
      .map((listen) => scgiServer(options(listen)));
    return [...http, ...scgi];
  }
}
