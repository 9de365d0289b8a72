import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, Connections } from "../../lib/server/connections.ts";

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A connection without a client: what the door did with it last. */
class StandIn extends Connection {
  readonly #connections: Connections;
  isIdle = false;
  received = 0;
  fate: "served" | "refused" | "timed out" | "dropped" | undefined;

  constructor(connections: Connections) {
    super({ bytesRead: 0, destroy: () => this.#drop() } as unknown as Socket, clock.monotonic());
    this.#connections = connections;
    Object.defineProperty(this.socket, "bytesRead", { get: () => this.received });
  }

  serve() {
    this.fate = "served";
  }

  refuse() {
    this.fate = "refused";
    this.#connections.linger(this);
  }

  timeOut() {
    this.fate = "timed out";
  }

  closed() {}

  #drop() {
    this.fate = "dropped";
  }
}

describe("Connections", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setUp(maxConnections: number) {
    const connections = new Connections({ timeout: 13_000, maxConnections, clock });
    const admit = () => {
      const connection = new StandIn(connections);
      connections.admit(connection);
      return connection;
    };
    return { connections, admit };
  }

  it("tells no more of those that it turns away why than it may have open, and drops others at once", () => {
    const { connections, admit } = setUp(2);
    const all = Array.from({ length: 6 }, admit);
    const fates = ["served", "served", "refused", "refused", "dropped", "dropped"];
    expect(all.map(({ fate }) => fate)).toEqual(fates);
    for (const connection of all.slice(3)) connections.remove(connection);
    // One has read why and is gone.
    expect([admit(), admit()].map(({ fate }) => fate)).toEqual(["refused", "dropped"]);
  });

  it("keeps a place for none that has had its last answer, but there may be no more of those than have one", () => {
    const { connections, admit } = setUp(2);
    const answered = [admit(), admit()];
    for (const connection of answered) connections.linger(connection);
    const next = [admit(), admit(), admit()];
    expect(next.map(({ fate }) => fate)).toEqual(["served", "served", "refused"]);
    for (const connection of next) connections.linger(connection);
    // Four have had their last answer, and only two of them are left out of the count.
    expect(admit().fate).toBe("refused");
    for (const connection of answered) connections.remove(connection);
    expect([admit(), admit(), admit()].map(({ fate }) => fate)).toEqual(["served", "served", "dropped"]);
  });

  it("drops one that it has turned away and that does not close, after a second", () => {
    const { connections, admit } = setUp(1);
    const [, refused] = [admit(), admit()];
    vi.advanceTimersByTime(999);
    expect(refused.fate).toBe("refused");
    vi.advanceTimersByTime(1);
    expect(refused.fate).toBe("dropped");
    connections.remove(refused);
    expect(admit().fate).toBe("refused");
  });

  /** Lets its client send on, each half a second, for so long. */
  function send(connection: StandIn, milliseconds: number) {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      connection.received += 1;
      vi.advanceTimersByTime(500);
    }
  }

  it("lets the client of one that has had its last answer send on, until it pauses for longer than a second", () => {
    const { connections, admit } = setUp(1);
    const refused = admit();
    connections.linger(refused);
    send(refused, 5_000);
    expect(refused.fate).toBe("served");
    vi.advanceTimersByTime(2_000);
    expect(refused.fate).toBe("dropped");
  });

  it("lets it send on no longer than what was left of its time, and one that was turned away likewise", () => {
    const { connections, admit } = setUp(1);
    const first = admit();
    send(first, 6_000);
    connections.renew(first);
    send(first, 6_000);
    connections.linger(first);
    send(first, 6_500);
    expect(first.fate).toBe("served");
    send(first, 1_500);
    expect(first.fate).toBe("dropped");
    connections.remove(first);

    const [, another] = [admit(), admit()];
    send(another, 12_500);
    expect(another.fate).toBe("refused");
    send(another, 1_500);
    expect(another.fate).toBe("dropped");
  });

  it("waits, when it closes, for none that sends on behind its last answer any longer than for others", async () => {
    const { connections, admit } = setUp(1);
    connections.announceClose();
    vi.advanceTimersByTime(6_000);
    const parting = admit();
    Object.assign(parting.socket, { destroySoon: () => {} });
    connections.linger(parting);
    const closed = connections.close();
    send(parting, 6_500);
    expect(parting.fate).toBe("served");
    send(parting, 1_500);
    expect(parting.fate).toBe("dropped");
    connections.remove(parting);
    await closed;
  });

  it("gives one that has had its last answer no time anew, whatever ends meanwhile", () => {
    const { connections, admit } = setUp(1);
    const parting = admit();
    connections.linger(parting);
    connections.renew(parting);
    vi.advanceTimersByTime(1_000);
    expect(parting.fate).toBe("dropped");
  });

  it("spares idle ones for a tenth of a second when it closes: something may be on its way", async () => {
    const { connections, admit } = setUp(3);
    const [silent, kept, busy] = [admit(), admit(), admit()];
    for (const connection of [silent, kept]) connection.isIdle = true;
    const closed = connections.close();
    const fates = () => [silent, kept, busy].map(({ fate }) => fate);
    await vi.advanceTimersByTimeAsync(99);
    expect(fates()).toEqual(["served", "served", "served"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fates()).toEqual(["dropped", "dropped", "served"]);
    for (const connection of [silent, kept, busy]) connections.remove(connection);
    await closed;
  });

  it("ends all one timeout after it was said that the door shuts, also those admitted meanwhile", async () => {
    const { connections, admit } = setUp(2);
    connections.announceClose();
    vi.advanceTimersByTime(1_000);
    const late = admit();
    Object.assign(late.socket, { destroySoon: () => connections.remove(late) });
    const closed = connections.close();
    await vi.advanceTimersByTimeAsync(11_999);
    expect(late.fate).toBe("served");
    await vi.advanceTimersByTimeAsync(1);
    expect(late.fate).toBe("timed out");
    await closed;
  });
});
