import { expect, it } from "vitest";
import { RequestOrder } from "../../lib/queue/request-order.ts";

function setUp() {
  const order = new RequestOrder();
  const ran: string[] = [];
  const run = (request: object, name: string, awaited?: Promise<unknown>) =>
    order.run(request, awaited, async () => {
      ran.push(name);
      return name;
    });
  return { order, ran, run };
}

const turn = () => new Promise(setImmediate);

it("runs a task within the call where nothing waits", () => {
  const { ran, run } = setUp();
  const request = {};
  void run(request, "first");
  void run(request, "second");
  expect(ran).toEqual(["first", "second"]);
});

it("has what comes behind a task that waits wait too, of its request alone", async () => {
  const { ran, run } = setUp();
  const [request, other] = [{}, {}];
  const { promise, resolve } = Promise.withResolvers<void>();
  const results = [
    run(request, "first", promise),
    run(request, "second"),
    run(request, "third", Promise.resolve()),
  ];
  void run(other, "other");
  await turn();
  expect(ran).toEqual(["other"]);
  resolve();
  expect(await Promise.all(results)).toEqual(["first", "second", "third"]);
  expect(ran).toEqual(["other", "first", "second", "third"]);
});

it("has what comes later wait for what it is told of", async () => {
  const { order, ran, run } = setUp();
  const request = {};
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = run(request, "first");
  order.hold(
    request,
    first.then(() => promise),
  );
  const second = run(request, "second");
  await turn();
  expect(ran).toEqual(["first"]);
  resolve();
  await second;
  expect(ran).toEqual(["first", "second"]);
});
