import { errorCode } from "../platform/error-code.ts";
import { NotSentError } from "../platform/not-sent-error.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { backoff } from "../queue/backoff.ts";
import { ndjson } from "./batch.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import type { Outcome, ProblemReport, Result, Verdict } from "./outcome.ts";
import { readAnswer } from "./read-answer.ts";
import { maxMessageBytes } from "./read-messages.ts";
import { RequestSize } from "./request-size.ts";
import type { SplitMessage } from "./split-message.ts";
import { transportFailure } from "./transport-failure.ts";
import type { UploadEnd } from "./upload-end.ts";
import type { UploadOptions } from "./upload-options.ts";

/** Milliseconds between attempts: soon at first, since most failures are short, then a connection each half minute. */
const pauses = { base: 500, cap: 30_000 };

/** Sends messages in one request after the other until each has an outcome, or it is no use to go on. */
export class Upload {
  readonly #options: UploadOptions;
  readonly #outbox: Outbox;
  readonly #size: RequestSize;
  /** Since when nothing has got through. */
  #failingSince: number | undefined;
  #failures = 0;
  /** Why a message was given up while others got through. */
  #givenUp: string | undefined;

  constructor(messages: AsyncIterable<SplitMessage>, options: UploadOptions) {
    this.#options = options;
    this.#size = new RequestSize(options.limits.bytes);
    this.#outbox = new Outbox(messages, options.sleep);
  }

  /** Whether the input may have messages that the ledger knows nothing of. */
  get hasMore(): boolean {
    return this.#outbox.hasMore;
  }

  async run(): Promise<UploadEnd> {
    try {
      const end = await this.#sendAll();
      await this.#options.record([]);
      return end;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return { end: "unrecorded", reason: reasonOf(error) };
    }
  }

  async #sendAll(): Promise<UploadEnd> {
    const { stop, clock, limits } = this.#options;
    for (;;) {
      const { bytes } = this.#size;
      const batch = await this.#outbox.next({ ...limits, bytes }, clock.monotonic(), stop);
      if (stop.aborted) return { end: "interrupted" };
      if (batch.length === 0 && this.#outbox.isEmpty) return this.#emptied();
      const end = batch.length === 0 ? undefined : await this.#send(batch);
      if (end !== undefined) return end;
    }
  }

  #emptied(): UploadEnd {
    const { failure } = this.#outbox;
    if (failure !== undefined) return { end: "unreadable", reason: reasonOf(failure) };
    return this.#givenUp === undefined ? { end: "complete" } : { end: "undelivered", reason: this.#givenUp };
  }

  async #send(batch: readonly Outgoing[]): Promise<UploadEnd | undefined> {
    for (const { message } of batch) this.#options.ledger.take(message);
    const tooLong = batch.filter(({ message }) => message.tooLong);
    if (tooLong.length > 0) await this.#settle(tooLong.map((outgoing) => [outgoing, tooLongForAll]));
    const sendable = batch.filter(({ message }) => !message.tooLong);
    if (sendable.length === 0) return undefined;

    const body = ndjson(sendable.map(({ message }) => message));
    const verdict = await this.#ask(body, sendable.length);
    switch (verdict.verdict) {
      case "receipt":
        return this.#conclude(sendable, verdict.results, verdict.retryAfter);
      case "again":
        if (verdict.mayBeStored) for (const { message } of sendable) this.#options.ledger.doubt(message);
        return this.#pause(sendable, verdict.reason, verdict.retryAfter);
      case "too_large":
        return this.#sendSmaller(sendable, body.length, verdict.problem);
      case "refused":
        return { end: "refused", reason: verdict.reason };
    }
  }

  async #ask(body: Buffer, count: number): Promise<Verdict> {
    const { gateway, requestSignal, clock } = this.#options;
    const asked = clock.monotonic();
    const measure = (succeeded: boolean) =>
      this.#size.answered(body.length, clock.monotonic() - asked, succeeded);
    try {
      const verdict = readAnswer(await gateway.post(body, requestSignal()), count, clock.now());
      measure(verdict.verdict === "receipt");
      return verdict;
    } catch (error) {
      const wasSent = !(error instanceof NotSentError);
      // Waiting for a connection says nothing of what the line carries.
      if (wasSent) measure(false);
      return { verdict: "again", reason: transportFailure(error), retryAfter: 0, mayBeStored: wasSent };
    }
  }

  async #conclude(
    batch: readonly Outgoing[],
    results: readonly Result[],
    retryAfter: number,
  ): Promise<UploadEnd | undefined> {
    const settled: [Outgoing, Outcome][] = [];
    const again: [Outgoing, ProblemReport][] = [];
    for (const [index, outgoing] of batch.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      if (result.outcome !== "again") settled.push([outgoing, result]);
      else {
        again.push([outgoing, result.problem]);
        if (result.mayBeStored) this.#options.ledger.doubt(outgoing.message);
      }
    }
    const [first] = again;
    if (settled.length === 0 && first !== undefined) return this.#pause(batch, first[1].detail, retryAfter);
    this.#failingSince = undefined;
    this.#failures = 0;
    await this.#settle(settled);
    const pause = this.#pausesTogether(retryAfter);
    this.#outbox.sendAgain(again.flatMap(([outgoing, problem]) => this.#later(outgoing, problem, pause)));
    return undefined;
  }

  async #settle(outcomes: readonly (readonly [Outgoing, Outcome])[]): Promise<void> {
    const { ledger, record } = this.#options;
    for (const [{ message }, outcome] of outcomes) ledger.settle(message, outcome);
    await record(
      outcomes.flatMap(([{ message }, outcome]) =>
        outcome.outcome === "rejected" ? [{ message, problem: outcome.problem }] : [],
      ),
    );
  }

  /** What failed together goes together again, in its order. */
  #pausesTogether(retryAfter: number): (failures: number) => number {
    const drawn = new Map<number, number>();
    return (failures) => {
      const pause =
        drawn.get(failures) ?? Math.max(retryAfter, backoff(failures, pauses, this.#options.random));
      drawn.set(failures, pause);
      return pause;
    };
  }

  /**
   * One that fails among others that do not waits by itself, so that it holds nobody up; and not for ever.
   *
   * @param pause milliseconds after so many failures
   */
  #later(
    { message, ...before }: Outgoing,
    problem: ProblemReport,
    pause: (failures: number) => number,
  ): readonly Outgoing[] {
    const { clock, retryFor } = this.#options;
    const now = clock.monotonic();
    const since = before.failures === 0 ? now : before.since;
    const failures = before.failures + 1;
    const left = since + retryFor - now;
    if (left > 0) {
      const due = now + Math.min(left, pause(failures));
      return [{ message, failures, since, due }];
    }
    this.#givenUp = problem.detail;
    return [];
  }

  /** Nothing got through: the same is tried again after a while, the last time when all the time is over. */
  async #pause(
    batch: readonly Outgoing[],
    reason: string,
    retryAfter: number,
  ): Promise<UploadEnd | undefined> {
    const { clock, random, retryFor, sleep, stop, onPause } = this.#options;
    if (stop.aborted) return { end: "interrupted" };
    const now = clock.monotonic();
    this.#failingSince ??= now;
    this.#failures += 1;
    const left = this.#failingSince + retryFor - now;
    if (left <= 0 || retryAfter > left) return { end: "undelivered", reason };
    const wait = Math.min(left, Math.max(retryAfter, backoff(this.#failures, pauses, random)));
    this.#outbox.sendAgain(batch.map((outgoing) => ({ ...outgoing, due: now })));
    onPause(reason, wait);
    await sleep(wait, stop);
    return undefined;
  }

  async #sendSmaller(batch: readonly Outgoing[], bytes: number, problem: ProblemReport): Promise<undefined> {
    const [first, ...others] = batch;
    if (first !== undefined && others.length === 0) {
      await this.#settle([[first, { outcome: "rejected", problem }]]);
      return;
    }
    this.#size.tooLarge(bytes);
    this.#outbox.sendAgain(batch.map((outgoing) => ({ ...outgoing, due: this.#options.clock.monotonic() })));
  }
}

const tooLongForAll: Outcome = {
  outcome: "rejected",
  problem: {
    status: 413,
    code: "message_too_large",
    detail: `The message has more than ${maxMessageBytes} bytes, which no SQS queue takes; it was not sent.`,
  },
};
