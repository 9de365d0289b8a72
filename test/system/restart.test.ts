import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { nginxEnviron, scgiExchange } from "../contract/scgi-client.ts";
import { startFaultySqs } from "../support/faulty-sqs.ts";

const main = fileURLToPath(new URL("../../lib/cli/main.ts", import.meta.url));

/**
 * Plays systemd: listens, hands the sockets on as descriptors 3 and 4, and starts the program again whenever it ends.
 * In Perl, which every Debian has, since a Node program would accept connections itself.
 */
const activator = `
use IO::Socket::INET; use IO::Socket::UNIX; use POSIX ();
$| = 1; $^F = 10;
my $scgi = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 4096) or die $!;
my $http = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 0, Listen => 4096) or die $!;
print "port ", $http->sockport, "\\n";
my ($one, $two) = (POSIX::dup(fileno $scgi), POSIX::dup(fileno $http));
shift @ARGV;
while (1) {
  my $pid = fork // die $!;
  if ($pid == 0) {
    POSIX::dup2($one, 20); POSIX::dup2($two, 21); POSIX::dup2(20, 3); POSIX::dup2(21, 4);
    POSIX::close($_) for 5 .. 30;
    @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, "scgi:http");
    exec @ARGV or die $!;
  }
  print "pid $pid\\n";
  waitpid $pid, 0;
  print "ended $?\\n";
}
`;

it("no request fails while the program is restarted under socket activation", async () => {
  const sqs = await startFaultySqs();
  const directory = await mkdtemp(join(tmpdir(), "postern-"));
  const socketPath = join(directory, "scgi.sock");
  const program = [process.execPath, main, "serve", "--queue-url", sqs.queueUrl, "--log-level", "fatal"];
  const systemd = spawn("perl", ["-e", activator, socketPath, ...program], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      AWS_ACCESS_KEY_ID: "any",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_REGION: "us-east-1",
    },
    stdio: ["ignore", "pipe", "inherit"],
    // A group of their own, to be ended together whatever becomes of the test.
    detached: true,
  });
  onTestFinished(async () => {
    process.kill(-(systemd.pid ?? 0), "SIGKILL");
    await sqs.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const told: string[] = [];
  createInterface({ input: systemd.stdout }).on("line", (line) => told.push(line));
  const last = (word: string) => told.findLast((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  await expect.poll(() => told.filter((line) => line === "ready").length, { timeout: 20_000 }).toBe(1);

  let number = 0;
  let stop = false;
  const failures: string[] = [];
  const upload = () => {
    number += 1;
    return Buffer.from(
      JSON.stringify({
        callsign: "A",
        type: "LISTENER_INFO",
        time_created: number,
        time_uploaded: number,
        data: { name: String(number) },
      }),
    );
  };
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const postedBy = async (agent: Agent | false) => {
    const request = httpRequest({ port: last("port"), path: "/message", method: "POST", agent }).end(
      upload(),
    );
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "end");
    return response.statusCode as number;
  };
  const through = {
    async scgi() {
      const body = upload();
      const environ = nginxEnviron({ method: "POST", target: "/message", headers: [], body }, "2.7.5.8");
      return (await scgiExchange(socketPath, environ, body)).status;
    },
    http: () => postedBy(false),
    async keptHttp() {
      await wait(Math.random() * 20);
      return await postedBy(agent);
    },
  };
  const client = async (door: keyof typeof through) => {
    while (!stop) {
      const status = await through[door]().catch((error: Error) => error.message);
      if (status !== 200) failures.push(`${door}: ${status}`);
    }
  };
  const clients = [
    ...Array.from({ length: 12 }, () => client("scgi")),
    ...Array.from({ length: 12 }, () => client("http")),
    ...Array.from({ length: 12 }, () => client("keptHttp")),
  ];

  const restarts = 4;
  for (let restart = 1; restart <= restarts; restart += 1) {
    await wait(400);
    process.kill(Number(last("pid")), "SIGTERM");
    await expect
      .poll(() => told.filter((line) => line === "ready").length, { timeout: 20_000 })
      .toBe(restart + 1);
  }
  await wait(400);
  stop = true;
  await Promise.all(clients);

  expect(failures).toEqual([]);
  expect(told.filter((line) => line.startsWith("ended "))).toEqual(
    Array.from({ length: restarts }, () => "ended 0"),
  );
  expect(number).toBeGreaterThan(200);
});
