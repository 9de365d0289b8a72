import { asProblem } from "../application/as-problem.ts";
import type { InsertRequest, InsertResponse } from "../application/insert-request.ts";
import { Phases } from "../application/phases.ts";
import type { Problem } from "../application/problem.ts";
import { problemResponse } from "../application/respond.ts";
import type { RequestOutcome, RequestRecord, Transport } from "./connection-observer.ts";
import type { DoorSettings } from "./door.ts";
import type { MemoryLoan } from "./memory-budget.ts";

/** What of an `InsertRequest` the transport reads off the wire, without the body. */
export type RequestHead = Pick<InsertRequest, "method" | "path" | "prefix" | "headers" | "client">;

/** How an exchange ended, as its connection saw it. */
export interface ExchangeEnd {
  /** Whether the client's side of the system took the whole answer. */
  readonly delivered: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * One request and its answer, from the first byte to the last: what both transports keep of it, and the story that
 * the observer is told in the end.
 */
export class Exchange {
  readonly id: string;
  readonly phases: Phases;
  readonly #transport: Transport;
  readonly #settings: DoorSettings;
  readonly #deadline: number;
  readonly #memory: MemoryLoan;
  #head: RequestHead | undefined;
  /** Whether it is with the core, which holds the body until it has its answer, wanted by then or not. */
  #isAsking = false;
  #isFinished = false;
  #response: InsertResponse | undefined;
  #outcome: RequestOutcome = "client_gone";

  /** @param startedAt monotonic milliseconds from which its phases and its deadline count */
  constructor(transport: Transport, settings: DoorSettings, startedAt: number) {
    this.id = settings.newRequestId();
    this.phases = new Phases(settings.clock, startedAt);
    this.#transport = transport;
    this.#settings = settings;
    this.#deadline = startedAt + settings.timeout;
    this.#memory = settings.memory.lend();
    settings.cohort.began();
  }

  /** What is known of the request, also if it never gets to the core. */
  set head(head: RequestHead) {
    this.#head = head;
  }

  /** Undefined until the head has been read. */
  get method(): string | undefined {
    return this.#head?.method;
  }

  /** Whether it has its answer, so that another would be one too many. */
  get isAnswered(): boolean {
    return this.#response !== undefined;
  }

  /**
   * Counts bytes of the body that have arrived, to be held until the core has answered, or the door in its place.
   *
   * @returns false when there is no room for them: then the door is to answer `tooMuchInFlight` and to drop the body
   */
  hold(bytes: number): boolean {
    return this.#memory.hold(bytes);
  }

  /** Asks the core. Always resolves, though not always in time. The body is to be held by nobody else. */
  async ask(head: RequestHead, body: Uint8Array): Promise<InsertResponse> {
    this.#head = head;
    this.phases.end("read");
    this.#isAsking = true;
    const { method, path, prefix, headers, client } = head;
    try {
      return await this.#settings.handler.handle({
        id: this.id,
        method,
        path,
        prefix,
        headers,
        body,
        client,
        memory: this.#memory,
        deadline: this.#deadline,
        phases: this.phases,
      });
    } catch (error) {
      // A handler never rejects; one that does shall cost its own client an error and nobody else anything.
      return problemResponse(asProblem(error), this);
    } finally {
      this.#isAsking = false;
      this.#memory.end();
    }
  }

  /** The core's answer is handed to the system, and held until the client has taken it. */
  answer(response: InsertResponse): void {
    if (!this.#isFinished) this.#memory.overdraw(response.body.length);
    this.#conclude(response, "answered");
  }

  /** The door's own answer in place of the core's, to be handed to the system. */
  refuse(problem: Problem): InsertResponse {
    if (!this.#isAsking) this.#memory.end();
    // Of what was refused before it was read, reading is what the time went into.
    this.phases.end("read");
    const response = problemResponse(problem, this);
    this.#conclude(response, problem.status === 408 || problem.status === 504 ? "timed_out" : "refused");
    return response;
  }

  /** Its time is up with nobody there to answer to. */
  giveUp(): void {
    this.#outcome = "timed_out";
  }

  /** Has the observer told, when there is time. Nothing may follow. */
  finish({ delivered, bytesIn, bytesOut }: ExchangeEnd): void {
    const { observer, cohort, prefix, clock } = this.#settings;
    if (!this.isAnswered) cohort.ended();
    this.#isFinished = true;
    if (!this.#isAsking) this.#memory.end();
    this.phases.end("closed");
    const wasTimedOut = this.#outcome === "timed_out";
    const isSilent = bytesIn === 0 && this.#response === undefined;
    const record: RequestRecord = {
      id: this.id,
      transport: this.#transport,
      client: this.#head?.client,
      method: this.#head?.method,
      path: this.#head?.path,
      prefix: this.#head?.prefix ?? prefix,
      status: this.#response?.status,
      outcome: isSilent ? "silent" : delivered || wasTimedOut ? this.#outcome : "client_gone",
      reason: this.#response?.summary?.problem,
      results: this.#response?.summary?.results,
      bytesIn,
      bytesOut,
      endedAt: clock.now(),
      phases: this.phases.durations,
    };
    cohort.runAtLeisure(() => {
      if (isSilent) observer.silent(record);
      else observer.finished(record);
    });
  }

  #conclude(response: InsertResponse, outcome: RequestOutcome): void {
    if (!this.isAnswered && !this.#isFinished) this.#settings.cohort.ended();
    this.#response = response;
    this.#outcome = outcome;
    this.phases.end("answered");
  }
}
