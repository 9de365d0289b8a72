import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { ChunkedBody } from "../../lib/http/chunked-body.ts";
import { HttpStream } from "../../lib/http/http-stream.ts";
import { TurnQueue } from "../../lib/http/turn-queue.ts";

function ownerWithoutBodies() {
  const none = () => undefined;
  return {
    hasRoom: true,
    bodyBytes: 0,
    takeChunks: (_piece: Buffer): number | undefined => undefined,
    parses: none,
    request: none,
    part: none,
    fail: none,
    ended: none,
  };
}

/** A stream, and what comes out of it, of which each slice is counted as so many parts. */
function setUp(turns: TurnQueue, partsOf: (slice: string) => number) {
  const socket = new Duplex({
    read() {},
    write: (_chunk, _encoding, written) => written(),
    allowHalfOpen: true,
  });
  const owner = ownerWithoutBodies();
  const stream = new HttpStream(socket as Socket, owner, turns);
  const slices: string[] = [];
  stream.on("data", (slice: Buffer) => {
    slices.push(String(slice));
    for (let part = 0; part < partsOf(String(slice)); part += 1) stream.countPart();
  });
  stream.open();
  return { socket, stream, slices, owner };
}

const piece = Buffer.from("x".repeat(65_536));

it("hands on at once what is easy, and what is known to be a body's in one piece", async () => {
  const { socket, slices, owner } = setUp(new TurnQueue(), () => 1);
  socket.push(piece);
  await turn();
  expect(slices).toHaveLength(32);
  owner.bodyBytes = 60_000;
  socket.push(piece);
  await turn();
  expect(slices[32]).toHaveLength(60_000);
});

it.each([
  ["a head", ["GET\r\n\r\nPUT"], ["GET\r\n\r\n", "PUT"]],
  ["a head whose last line is cut in two", ["GET\r\n\r", "\nPUT"], ["GET\r\n\r", "\n", "PUT"]],
  ["a head behind which an empty line is", ["GET\r\n\r\n\r\nPUT"], ["GET\r\n\r\n", "\r\n", "PUT"]],
])("hands on by itself what comes behind the end of %s", async (_, pieces, expected) => {
  const { socket, slices } = setUp(new TurnQueue(), () => 1);
  for (const text of pieces) {
    socket.push(Buffer.from(text));
    await turn();
  }
  expect(slices).toEqual(expected);
});

it("hands on line ends in one piece, however many empty lines they are", async () => {
  const { socket, slices } = setUp(new TurnQueue(), () => 1);
  socket.push(Buffer.from("\r\n".repeat(2_048)));
  await turn();
  expect(slices.map(({ length }) => length)).toEqual([2_048, 2_048]);
});

it("hands on by itself what comes behind a body in chunks, and that as it comes, whatever lines it has", async () => {
  const { socket, slices, owner } = setUp(new TurnQueue(), () => 1);
  const body = `5\r\nx\r\n\r\n\r\n${"1\r\ny\r\n".repeat(500)}0\r\nTrailer: z\r\n\r\n`;
  const chunked = new ChunkedBody();
  let left = body.length;
  owner.takeChunks = (piece) => {
    if (left === 0) return undefined;
    const taken = chunked.take(piece);
    left -= taken;
    return taken;
  };
  socket.push(Buffer.from(`${body}PUT`));
  await turn();
  expect(slices).toEqual([body.slice(0, 2_048), body.slice(2_048), "PUT"]);
});

it("hands on by itself what comes behind a body that says its length", async () => {
  const { socket, stream, slices, owner } = setUp(new TurnQueue(), () => 1);
  owner.bodyBytes = 3;
  stream.once("data", () => {
    owner.bodyBytes = 0;
  });
  socket.push(Buffer.from("1\r\nPUT"));
  await turn();
  expect(slices).toEqual(["1\r\n", "PUT"]);
});

it("hands on small slices of what is laborious, of all streams one in a turn", async () => {
  const turns = new TurnQueue();
  const [one, other, easy] = [setUp(turns, () => 65), setUp(turns, () => 65), setUp(turns, () => 1)];
  for (const { socket } of [one, other, easy]) socket.push(piece);
  await turn();
  const counts = () => [one.slices.length, other.slices.length];
  const [first = 0, second = 0] = counts();
  for (let passed = 1; passed <= 20; passed += 1) {
    await turn();
    const [now = 0, then = 0] = counts();
    expect(now + then - first - second).toBe(passed);
  }
  expect(Math.abs(one.slices.length - other.slices.length)).toBeLessThan(2);
  expect([...one.slices, ...other.slices].every(({ length }) => length === 2_048)).toBe(true);
  expect(easy.slices.join("")).toHaveLength(65_536);
});

it("loses nothing that comes while it waits, not even the end", async () => {
  const { socket, stream, slices } = setUp(new TurnQueue(), () => 65);
  let hasEnded = false;
  stream.on("end", () => {
    hasEnded = true;
  });
  for (const text of ["a".repeat(5_000), "b".repeat(5_000), "c"]) socket.push(Buffer.from(text));
  socket.push(null);
  await expect.poll(() => hasEnded).toBe(true);
  expect(slices.join("")).toBe(`${"a".repeat(5_000)}${"b".repeat(5_000)}c`);
});

it("hands on nothing while it is paused, or once it is to throw all away", async () => {
  const { socket, stream, slices } = setUp(new TurnQueue(), (slice) => (slice.includes("a") ? 65 : 1));
  socket.push(Buffer.from("b"));
  await turn();
  stream.pause();
  socket.push(Buffer.from("c"));
  await turn();
  expect(slices).toEqual(["b"]);
  stream.resume();
  await turn();
  expect(slices).toEqual(["b", "c"]);
  socket.push(Buffer.from("a".repeat(30_000)));
  await turn();
  stream.discard();
  socket.push(Buffer.from("d"));
  for (let count = 0; count < 3; count += 1) await turn();
  expect(slices.slice(2).join("").length).toBeLessThan(30_000);
});

it("hands on nothing while its owner has no room, and all of it once that has", async () => {
  const { socket, stream, slices, owner } = setUp(new TurnQueue(), () => 1);
  owner.hasRoom = false;
  for (const text of ["a", "b"]) socket.push(Buffer.from(text));
  await turn();
  expect(slices).toEqual([]);
  expect(stream.isPending).toBe(true);
  owner.hasRoom = true;
  stream.retry();
  await turn();
  expect(slices).toEqual(["a", "b"]);
  expect(stream.isPending).toBe(false);
});

it("hands on nothing for its owner's room while Node has paused it", async () => {
  const { socket, stream, slices } = setUp(new TurnQueue(), () => 1);
  stream.pause();
  socket.push(Buffer.from("a"));
  await turn();
  stream.retry();
  await turn();
  expect(slices).toEqual([]);
  stream.resume();
  await turn();
  expect(slices).toEqual(["a"]);
});

it("counts the parts of all slices of one read", async () => {
  const { socket, slices } = setUp(new TurnQueue(), () => 30);
  socket.push(piece);
  await turn();
  expect(slices.length).toBeLessThan(8);
});

it("takes the failure of its socket's writing for its end, and no more", async () => {
  const socket = new Duplex({
    read() {},
    write: (_chunk, _encoding, written) => written(new Error("EPIPE")),
  });
  socket.on("error", () => {});
  const owner = ownerWithoutBodies();
  const stream = new HttpStream(socket as Socket, owner, new TurnQueue());
  stream.open();
  stream.write("a");
  await expect.poll(() => stream.destroyed).toBe(true);
});

it("tells parts of one slice from those that come in slices of their own", async () => {
  const { socket, stream } = setUp(new TurnQueue(), () => 0);
  const more: boolean[] = [];
  for (const text of ["a", "b"]) {
    socket.push(Buffer.from(text));
    await turn();
    more.push(stream.countPart(), stream.countPart());
  }
  expect(more).toEqual([false, true, false, true]);
});
