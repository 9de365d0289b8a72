import type { Gateway, GatewayAnswer } from "../../lib/client/gateway.ts";

type Item =
  | { readonly outcome: "accepted" | "duplicate"; readonly id: string }
  | { readonly outcome: "rejected" | "unknown"; readonly problem: object };

const problem = (status: number) => ({ status, detail: `problem ${status}`, code: "a_code" });

/**
 * A gateway that fails in every way, by seed, and keeps books of what it really stored. A message is `{"n": NUMBER}`; it
 * is wrong where the number is a multiple of 7.
 */
export class UnreliableGateway implements Gateway {
  readonly address = "http://unreliable";
  readonly stored = new Set<number>();
  /** Share of requests and messages that fail. */
  failing = 0.4;
  /** Called with each request, before it does anything. */
  onRequest: () => void = () => {};
  /** Called after a request has done what it does, before anybody knows. */
  onStored: () => Promise<void> = async () => {};
  readonly #random: () => number;
  /** Bytes of a body that it takes. */
  readonly #maxBody: number;

  constructor(random: () => number, maxBody: number) {
    this.#random = random;
    this.#maxBody = maxBody;
  }

  async post(body: Buffer): Promise<GatewayAnswer> {
    this.onRequest();
    if (body.length > this.#maxBody) return answer(413, problem(413));
    if (this.#fails()) return this.#failure();
    const items = body
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => this.#insert(line));
    await this.onStored();
    if (this.#fails()) throw new Error("the connection broke");
    // A receipt that does not mention everything says nothing of the rest.
    const results = items.map((item, index) => ({ index, ...item })).filter(() => this.#random() > 0.02);
    return answer(207, { accepted: 0, rejected: 0, results });
  }

  #failure(): GatewayAnswer {
    const failures: readonly (() => GatewayAnswer)[] = [
      () => {
        throw new Error("nobody listens there");
      },
      () => answer(503, problem(503), { "retry-after": "5" }),
      () => answer(429, problem(429)),
      () => answer(408, "too slow"),
      () => answer(502, "<html>Bad Gateway</html>"),
      () => answer(200, "<html>Please sign in</html>"),
    ];
    return (failures[Math.floor(this.#random() * failures.length)] ?? (() => answer(500, "")))();
  }

  #insert(line: string): Item {
    const value = parsed(line);
    if (value === undefined || value % 7 === 0) return { outcome: "rejected", problem: problem(400) };
    if (this.#fails()) {
      if (this.#random() < 0.5) return { outcome: "rejected", problem: problem(503) };
      if (this.#random() < 0.5) this.stored.add(value);
      return { outcome: "unknown", problem: problem(504) };
    }
    const outcome = this.stored.has(value) ? "duplicate" : "accepted";
    this.stored.add(value);
    return { outcome, id: `id-${value}` };
  }

  #fails(): boolean {
    return this.#random() < this.failing;
  }
}

function parsed(line: string): number | undefined {
  try {
    return JSON.parse(line).n;
  } catch {
    return undefined;
  }
}

function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): GatewayAnswer {
  return {
    status,
    headers: new Map(Object.entries(headers)),
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}
