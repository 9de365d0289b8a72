import { type FaultySqs, startFaultySqs } from "./faulty-sqs.ts";
import { anyCredentials, spawnPostern } from "./postern-process.ts";

/** A program with its spool in that folder. */
export async function startPostern(spool: string, queueUrl: string) {
  const flags = ["--http", "127.0.0.1:0", "--scgi", "off", "--spool", spool, "--queue-url", queueUrl];
  const postern = await spawnPostern({
    args: ["serve", ...flags, "--log-level", "fatal"],
    env: anyCredentials,
  });
  const address = async () => (await postern.ready)[0]?.slice("listening on ".length) ?? "";
  const stop = async () => {
    postern.child.kill("SIGTERM");
    const { code } = await postern.ended;
    await postern.remove();
    return code;
  };
  return { ...postern, address, stop };
}

/** A queue that cannot be reached yet. */
export async function queueToCome() {
  const sqs = await startFaultySqs();
  const { queueUrl } = sqs;
  const port = Number(new URL(sqs.endpoint).port);
  await sqs.stop();
  return { queueUrl, come: () => startFaultySqs({ port }) };
}

export async function statusOfPost(http: string, number: number): Promise<number> {
  return (await fetch(`${http}/message`, { method: "POST", body: upload(number) })).status;
}

/** Which of the numbers are not at the queue. */
export function missingFrom({ stored }: FaultySqs, numbers: readonly number[]): readonly number[] {
  const names = new Set(stored.map((message) => Number.parseInt(JSON.parse(message).data.name, 10)));
  return numbers.filter((number) => !names.has(number));
}

/** Posts until the answer is not 200, and says which were acknowledged and what came instead. */
export async function fill(http: string, from: number) {
  const acknowledged: number[] = [];
  for (let number = from; ; number += 16) {
    const batch = Array.from({ length: 16 }, (_, index) => number + index);
    const answers = await Promise.all(
      batch.map((name) => fetch(`${http}/message`, { method: "POST", body: upload(name) })),
    );
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    acknowledged.push(...batch.filter((_, index) => answers[index]?.status === 200));
    const refused = answers.findIndex(({ status }) => status !== 200);
    if (refused !== -1) return { acknowledged, refusal: answers[refused], body: bodies[refused] };
  }
}

function upload(number: number): string {
  const data = { name: `${number} ${"x".repeat(4_000)}` };
  return JSON.stringify({
    callsign: "A",
    type: "LISTENER_INFO",
    time_created: number,
    time_uploaded: number,
    data,
  });
}
