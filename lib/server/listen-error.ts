import { errorCode } from "../platform/error-code.ts";
import { reasonOf } from "../platform/reason-of.ts";
import { tooLongForSocket } from "./socket-path.ts";

/**
 * - `in_use`: somebody else listens there.
 * - `unusable`: nobody can, or this program may not.
 */
export type ListenErrorCode = "in_use" | "unusable";

/** A door cannot be opened. The message is one line that an operator can act on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: ListenErrorCode;

  constructor(message: string, options: { readonly code?: ListenErrorCode; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? "unusable";
  }
}

/** What is wrong with listening on a host and port, in an operator's words. */
export function tcpListenError(host: string, port: number, cause: unknown): ListenError {
  const system = errorCode(cause);
  return new ListenError(tcpMessage(host, port, system) ?? `${where(host, port)}: ${reasonOf(cause)}`, {
    code: system === "EADDRINUSE" ? "in_use" : "unusable",
    cause,
  });
}

/** What is wrong with listening on a path, in an operator's words. */
export function unixListenError(path: string, cause: unknown): ListenError {
  if (cause instanceof ListenError) return cause;
  return new ListenError(unixMessage(path, errorCode(cause)) ?? `${path}: ${reasonOf(cause)}`, { cause });
}

function tcpMessage(host: string, port: number, code: string | undefined): string | undefined {
  switch (code) {
    case "EADDRINUSE":
      return `${where(host, port)} is in use`;
    case "EACCES":
      return `${where(host, port)} may not be used: permission denied`;
    case "EADDRNOTAVAIL":
      return `${host} is not an address of this machine`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name ${host} cannot be resolved`;
    default:
      return undefined;
  }
}

function unixMessage(path: string, code: string | undefined): string | undefined {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `${path} may not be used: permission denied`;
    case "ENOTDIR":
    case "EEXIST":
      return `${path} cannot be made: something on the way is not a directory`;
    case "EROFS":
      return `${path} cannot be made: the file system is read-only`;
    case "ENAMETOOLONG":
    case "EINVAL":
      return tooLongForSocket(path);
    default:
      return undefined;
  }
}

function where(host: string, port: number): string {
  return `port ${port} on ${host}`;
}
