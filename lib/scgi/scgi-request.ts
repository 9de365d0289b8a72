import { isIP } from "node:net";
import { addClientHeader } from "../application/client-headers.ts";
import type { Problem } from "../application/problem.ts";
import type { RequestHead } from "../server/exchange.ts";
import { malformed, undecodableTarget } from "../server/refusals.ts";
import { decodedText, targetPath } from "../server/request-target.ts";
import type { Environ } from "./header-block.ts";

/**
 * What a web server's variables say of a request, as every door tells it to the core.
 *
 * @param configuredPrefix where the server does not tell a prefix itself
 * @returns a problem when they name no method or no path
 */
export function scgiRequest(environ: Environ, configuredPrefix: string): RequestHead | Problem {
  const method = said(environ, "REQUEST_METHOD");
  if (method === undefined) {
    return malformed("request_method_missing", "The header REQUEST_METHOD is missing.");
  }
  const path = requestPath(environ);
  if (path === undefined) {
    return undecodableTarget();
  }
  return {
    method,
    path,
    prefix: prefix(environ) ?? configuredPrefix,
    headers: clientHeaders(environ),
    client: clientAddress(environ),
  };
}

/**
 * Where servers put the path: lighttpd in PATH_INFO; nginx, by its stock parameters, in DOCUMENT_URI; Apache all of it in
 * SCRIPT_NAME. All of these are decoded already, REQUEST_URI is not.
 *
 * Where PATH_INFO has nothing but a slash, the path may also be what SCRIPT_NAME says: of `/message/`, lighttpd without
 * `fix-root-scriptname` puts all before the last slash there.
 */
function requestPath(environ: Environ): string | undefined {
  const pathInfo = said(environ, "PATH_INFO");
  const scriptName = said(environ, "SCRIPT_NAME");
  const told = pathInfo !== undefined && onlySlashes.test(pathInfo) ? (scriptName ?? pathInfo) : pathInfo;
  const decoded = told ?? said(environ, "DOCUMENT_URI") ?? scriptName;
  return decoded === undefined ? targetPath(said(environ, "REQUEST_URI") ?? "") : decodedText(decoded);
}

const onlySlashes = /^\/+$/;

/** SCRIPT_NAME is a prefix only besides a PATH_INFO; alone it is the path (RFC 3875 §4.1.13, and Apache). */
function prefix(environ: Environ): string | undefined {
  const scriptName = said(environ, "SCRIPT_NAME");
  if (scriptName === undefined || said(environ, "PATH_INFO") === undefined) return undefined;
  return decodedText(scriptName);
}

function clientHeaders(environ: Environ): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const contentType = said(environ, "CONTENT_TYPE");
  if (contentType !== undefined) headers.set("content-type", contentType);
  for (const [name, value] of environ) {
    if (!name.startsWith("HTTP_")) continue;
    // nginx sends the client's type under both names.
    if (name === "HTTP_CONTENT_TYPE" && contentType !== undefined) continue;
    addClientHeader(headers, name.slice("HTTP_".length).toLowerCase().replaceAll("_", "-"), value);
  }
  return headers;
}

/** nginx says `unix:` of a client on a UNIX socket. */
function clientAddress(environ: Environ): string | undefined {
  const address = said(environ, "REMOTE_ADDR");
  return address !== undefined && isIP(address) > 0 ? address : undefined;
}

/** Servers send variables that they know nothing for as empty ones. */
function said(environ: Environ, name: string): string | undefined {
  return environ.get(name) || undefined;
}
