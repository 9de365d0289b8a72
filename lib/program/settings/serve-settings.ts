import { httpAddress, scgiAddress } from "./address-setting.ts";
import type { Values } from "./read-settings.ts";
import type { Setting } from "./setting.ts";
import {
  byteSize,
  fileMode,
  filePath,
  groupName,
  oneOf,
  pathOrOff,
  pathPrefix,
  queueUrl,
  seconds,
  share,
  timeSpan,
  wholeNumber,
} from "./setting-types.ts";

/** Everything that `postern serve` can be told: the one place from which flags, variables, help and checks come. */
export const serveSettings = {
  http: {
    flag: "--http <HOST:PORT>",
    variable: "POSTERN_HTTP",
    default: "127.0.0.1:8080",
    meaning: "HTTP listener; off for none; port 0 picks one",
    schema: httpAddress,
  },
  scgi: {
    flag: "--scgi <ADDRESS>",
    variable: "POSTERN_SCGI",
    default: "unix:.postern/scgi.sock",
    repeatable: true,
    meaning:
      "SCGI listener, unix:PATH or HOST:PORT; repeatable; in the variable, separated by spaces; off for none",
    schema: scgiAddress,
  },
  socketMode: {
    flag: "--socket-mode <OCTAL>",
    variable: "POSTERN_SOCKET_MODE",
    default: "0660",
    meaning: "mode of the UNIX socket",
    schema: fileMode,
  },
  socketGroup: {
    flag: "--socket-group <GROUP>",
    variable: "POSTERN_SOCKET_GROUP",
    meaning: "group of the UNIX socket, by name or number: one that the web server is in",
    schema: groupName,
  },
  prefix: {
    flag: "--prefix <PATH>",
    variable: "POSTERN_PREFIX",
    default: "/",
    meaning:
      "path under which the web server in front serves the actions, if it does not pass that on itself",
    schema: pathPrefix,
  },
  queueUrl: {
    flag: "--queue-url <URL>",
    variable: "QUEUE_URL",
    meaning:
      "SQS queue; none: the embedded queue; region, credentials and endpoint come from the AWS SDK's own variables",
    schema: queueUrl,
  },
  embeddedPort: {
    flag: "--embedded-port <PORT>",
    variable: "POSTERN_EMBEDDED_PORT",
    default: "4566",
    meaning:
      "where the embedded queue listens, on loopback; port 0 picks one; its messages are in .postern/queue",
    schema: wholeNumber(0, 65_535),
  },
  spool: {
    flag: "--spool <DIR>",
    variable: "POSTERN_SPOOL",
    default: ".postern/spool",
    meaning: "durable spool; off acknowledges only what SQS has acknowledged",
    schema: pathOrOff,
  },
  spoolLimit: {
    flag: "--spool-limit <BYTES>",
    variable: "POSTERN_SPOOL_LIMIT",
    default: "1GiB",
    meaning: "past it: 503 with Retry-After, nothing dropped",
    schema: byteSize,
  },
  remember: {
    flag: "--remember <TIME>",
    variable: "POSTERN_REMEMBER",
    default: "24h",
    meaning: "how long the spool recognises a message that is sent again: 90s, 15m, 24h, 7d; off: not at all",
    schema: timeSpan,
  },
  rememberLimit: {
    flag: "--remember-limit <N>",
    variable: "POSTERN_REMEMBER_LIMIT",
    default: "1000000",
    meaning: "about how many messages it remembers, the newest; each takes 50 bytes on disk and 12 in memory",
    schema: wholeNumber(1, 100_000_000),
  },
  timeout: {
    flag: "--timeout <SECONDS>",
    variable: "POSTERN_TIMEOUT",
    default: "13",
    meaning: "whole-connection deadline, fractions allowed",
    schema: seconds,
  },
  queueTimeout: {
    flag: "--queue-timeout <SECONDS>",
    variable: "POSTERN_QUEUE_TIMEOUT",
    default: "5",
    meaning: "how long a request may wait for the queue before 504; never more than is left of the deadline",
    schema: seconds,
  },
  maxConnections: {
    flag: "--max-connections <N>",
    variable: "POSTERN_MAX_CONNECTIONS",
    default: "10000",
    meaning: "for each listener; beyond: 503 at once",
    schema: wholeNumber(1, 1_000_000),
  },
  maxBody: {
    flag: "--max-body <BYTES>",
    variable: "POSTERN_MAX_BODY",
    default: "1MiB",
    meaning: "larger after decompression: 413",
    schema: byteSize,
  },
  maxInFlight: {
    flag: "--max-in-flight <BYTES>",
    variable: "POSTERN_MAX_IN_FLIGHT",
    default: "256MiB",
    meaning:
      "bodies of all requests together, until they are answered; at least three times --max-body; beyond: 503 with Retry-After",
    schema: byteSize,
  },
  admin: {
    flag: "--admin <HOST:PORT>",
    variable: "POSTERN_ADMIN",
    meaning: "separate address for /health and /metrics, which are then served nowhere else",
    schema: httpAddress,
  },
  statisticsLog: {
    flag: "--statistics-log <FILE>",
    variable: "POSTERN_STATISTICS_LOG",
    meaning:
      "one JSON line per request, or connection without one: what happened and how long each phase took; reopened on SIGHUP and SIGUSR1",
    schema: filePath,
  },
  logSample: {
    flag: "--log-sample <SHARE>",
    variable: "POSTERN_LOG_SAMPLE",
    default: "1",
    meaning: "share of the successful requests that are logged, from 0 to 1; all others always are",
    schema: share,
  },
  logLevel: {
    flag: "--log-level <LEVEL>",
    variable: "POSTERN_LOG_LEVEL",
    default: "info",
    meaning: "trace, debug, info, warn, error, fatal or silent; JSON lines on stderr",
    schema: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type ServeSettings = Values<typeof serveSettings>;
