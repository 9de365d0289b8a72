/**
 * Node's HTTP, which is not imported: an import reads all that a module exports, WebSocket too, and so loads undici, which is
 * never used here. In each thread that takes 8 to 14 MB and 70 ms of a start.
 */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
