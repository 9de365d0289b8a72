import type { SQSHandler } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import type { DeduplicationStore, HandleMessage, MessageConsumerOptions } from "../../lib/consumer/index.ts";
import { memoryStore, messageConsumer } from "../../lib/consumer/index.ts";
import { serialiseMessage } from "../../lib/message/serialise-message.ts";
import { lambdaContext } from "../support/lambda-context.ts";
import { numberedMessage } from "../support/messages.ts";
import { sqsRecord } from "./records.ts";

type Record = ReturnType<typeof sqsRecord>;

function consume(
  handle: HandleMessage,
  records: readonly Record[],
  options: Partial<MessageConsumerOptions> = {},
  context = lambdaContext(),
) {
  const consumer = messageConsumer(handle, { store: memoryStore(), onError: () => {}, ...options });
  return consumer({ Records: records }, context);
}

const failures = (...records: readonly (Record | undefined)[]) => ({
  batchItemFailures: records.map((record) => ({ itemIdentifier: record?.messageId })),
});
const numbers = (handle: { mock: { calls: readonly Parameters<HandleMessage>[] } }) =>
  handle.mock.calls.map(([message]) => message.time_created);
const failing = (...fail: readonly number[]) =>
  vi.fn<HandleMessage>(({ time_created }) => {
    if (fail.includes(time_created)) throw new Error(`no ${time_created}`);
  });

it("is what Lambda calls for the events of a queue", () => {
  const handler: SQSHandler = messageConsumer(() => {}, { store: memoryStore() });
  expect(handler).toBeTypeOf("function");
});

it("handles each message, validated, with its record", async () => {
  const handle = vi.fn<HandleMessage>();
  const records = [sqsRecord(1), sqsRecord(2)];
  expect(await consume(handle, records)).toEqual(failures());
  expect(handle).toHaveBeenCalledWith(
    expect.objectContaining({ id: "id-2", type: "LISTENER_INFO" }),
    records[1],
  );
});

it("fails only what failed, and tells why", async () => {
  const records = [sqsRecord(1), sqsRecord(2), sqsRecord(3)];
  const onError = vi.fn();
  expect(await consume(failing(2), records, { onError })).toEqual(failures(records[1]));
  expect(onError.mock.calls).toEqual([[new Error("no 2"), records[1]]]);
});

it("takes an option that is undefined for one that is not there, as JavaScript does", async () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const undefineds = {
    onError: undefined,
    clock: undefined,
    concurrency: undefined,
    timeToHandle: undefined,
  };
  const records = [sqsRecord(1), sqsRecord(2)];
  expect(await consume(failing(2), records, undefineds as object)).toEqual(failures(records[1]));
  expect(printed.mock.calls).toEqual([[`SQS message ${records[1]?.messageId}:`, new Error("no 2")]]);
  printed.mockRestore();
});

it.each([
  [
    "at once",
    () => {
      throw new Error("nobody listens");
    },
  ],
  ["later", () => Promise.reject(new Error("nobody listens"))],
])("fails no more than failed where telling why fails too, %s", async (_, onError) => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  const records = [sqsRecord(1), sqsRecord(2), sqsRecord(3)];
  expect(await consume(failing(2), records, { onError })).toEqual(failures(records[1]));
  expect(printed).toHaveBeenCalledWith(new Error("nobody listens"));
  printed.mockRestore();
});

it.each(["", "{}", "null", '{"id":"x","type":"NEW"}'])(
  "fails the body %j, for the dead-letter queue",
  async (body) => {
    const records = [sqsRecord(1, { body }), sqsRecord(2)];
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, records)).toEqual(failures(records[0]));
    expect(numbers(handle)).toEqual([2]);
  },
);

describe("on a FIFO queue", () => {
  it("fails what is behind a failed one of its group, unhandled", async () => {
    const fifo = true;
    const records = [
      sqsRecord(1, { fifo, group: "A" }),
      sqsRecord(2, { fifo, group: "B" }),
      sqsRecord(3, { fifo, group: "A" }),
      sqsRecord(4, { fifo, group: "B" }),
      sqsRecord(5, { fifo, group: "A", body: "not JSON" }),
    ];
    const handle = failing(1);
    expect(await consume(handle, records)).toEqual(failures(records[0], records[2], records[4]));
    expect(numbers(handle)).toEqual([1, 2, 4]);
  });

  it("fails nothing behind what is no message: with it they would all end as dead letters", async () => {
    const fifo = true;
    const records = [
      sqsRecord(1, { fifo, body: "not JSON" }),
      sqsRecord(2, { fifo }),
      sqsRecord(3, { fifo }),
    ];
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, records)).toEqual(failures(records[0]));
    expect(numbers(handle)).toEqual([2, 3]);
  });
});

describe("an id that comes more than once", () => {
  it("is handled once in one batch", async () => {
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, [sqsRecord(1), sqsRecord(1)], { concurrency: 2 })).toEqual(failures());
    expect(numbers(handle)).toEqual([1]);
  });

  it("is that of one callsign: another's message under the same key is another", async () => {
    const store = memoryStore();
    const handle = vi.fn<HandleMessage>();
    const records = [sqsRecord(1, { group: "A" }), sqsRecord(1, { group: "B" })];
    expect(await consume(handle, records, { store })).toEqual(failures());
    expect(await consume(handle, [sqsRecord(1, { group: "C" })], { store })).toEqual(failures());
    expect(handle.mock.calls.map(([{ id, source }]) => [id, source.callsign])).toEqual([
      ["id-1", "A"],
      ["id-1", "B"],
      ["id-1", "C"],
    ]);
  });

  it("is that of one content: another message under a key that the gateway has forgotten is another", async () => {
    const store = memoryStore();
    const handle = vi.fn<HandleMessage>();
    const first = numberedMessage(1);
    const later = { ...first, time_created: 7, time_uploaded: 9, source: { ...first.source, ip: null } };
    const other = { ...first, data: { name: "another" } };
    for (const message of [first, other, later, other]) {
      const record = sqsRecord(1, { body: serialiseMessage(message) });
      expect(await consume(handle, [record], { store })).toEqual(failures());
    }
    expect(handle.mock.calls.map(([{ id, data }]) => [id, data])).toEqual([
      ["id-1", first.data],
      ["id-1", other.data],
    ]);
  });

  it("is handled once in several batches", async () => {
    const store = memoryStore();
    const handle = vi.fn<HandleMessage>();
    for (const _ of [1, 2]) expect(await consume(handle, [sqsRecord(1)], { store })).toEqual(failures());
    expect(numbers(handle)).toEqual([1]);
  });

  it("is handled again after it has failed", async () => {
    const store = memoryStore();
    const records = [sqsRecord(1)];
    expect(await consume(failing(1), records, { store })).toEqual(failures(...records));
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, records, { store })).toEqual(failures());
    expect(numbers(handle)).toEqual([1]);
  });

  it("is left for later while another consumer is at it, and taken over when its time is up", async () => {
    const time = { now: 0 };
    const clock = { now: () => time.now };
    const memory = memoryStore({ clock });
    let another = false;
    const store: DeduplicationStore = {
      ...memory,
      async claim(id, until) {
        if (!another) await memory.claim(id, 5_000);
        another = true;
        return memory.claim(id, until);
      },
    };
    const records = [sqsRecord(1)];
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, records, { store, clock })).toEqual(failures(...records));
    expect(handle).not.toHaveBeenCalled();
    time.now = 5_000;
    expect(await consume(handle, records, { store, clock })).toEqual(failures());
  });
});

it("claims a message for as long as the function has left, and no longer", async () => {
  const claim = vi.fn<DeduplicationStore["claim"]>(async () => "claimed");
  const options = { store: { ...memoryStore(), claim }, clock: { now: () => 1_000_000 } };
  await consume(() => {}, [sqsRecord(1)], options, lambdaContext(3_000));
  expect(claim.mock.calls).toEqual([[expect.any(String), 1_003_000]]);
});

describe("a store that fails", () => {
  const broken = () => Promise.reject(new Error("no table"));

  it("at the claim: fails the message, unhandled", async () => {
    const records = [sqsRecord(1)];
    const handle = vi.fn<HandleMessage>();
    expect(await consume(handle, records, { store: { ...memoryStore(), claim: broken } })).toEqual(
      failures(...records),
    );
    expect(handle).not.toHaveBeenCalled();
  });

  it("after the handling: the message is done all the same", async () => {
    const onError = vi.fn();
    const store = { ...memoryStore(), commit: broken };
    expect(await consume(() => {}, [sqsRecord(1)], { store, onError })).toEqual(failures());
    expect(onError).toHaveBeenCalledWith(new Error("no table"), expect.anything());
  });

  it("at the release: the message is delivered again all the same", async () => {
    const records = [sqsRecord(1)];
    const store = { ...memoryStore(), release: broken };
    expect(await consume(failing(1), records, { store })).toEqual(failures(...records));
  });
});

it("begins nothing for which there is no time left, and fails it", async () => {
  let remaining = 3_000;
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => remaining };
  const records = [1, 2, 3, 4].map((number) => sqsRecord(number));
  const handle = vi.fn<HandleMessage>(() => {
    remaining -= 1_000;
  });
  expect(await consume(handle, records, { timeToHandle: 2_000 }, context)).toEqual(
    failures(records[2], records[3]),
  );
  expect(numbers(handle)).toEqual([1, 2]);
});

it.each([undefined, {}, { store: {} }])("refuses %j for options: they have no store", (options) => {
  const untyped = messageConsumer as (handle: () => void, options: unknown) => unknown;
  expect(() => untyped(() => {}, options)).toThrow(TypeError);
});

it.each([
  [{ concurrency: 0 }, "Expected `concurrency` to be a positive integer, got `0`"],
  [{ timeToHandle: -1 }, "Expected `timeToHandle` to be milliseconds, 0 or more, got `-1`"],
])("refuses %j", (options, message) => {
  expect(() => messageConsumer(() => {}, { store: memoryStore(), ...options })).toThrow(message);
});
