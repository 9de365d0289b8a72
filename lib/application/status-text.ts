/**
 * The name of a status, such as `Not Found` for 404; "" for one that has none.
 *
 * Node's HTTP is not imported for it: an import reads all that it exports, WebSocket too, and so loads undici, 15 MB in
 * memory that nothing here uses.
 */
export function statusText(status: number): string {
  return texts[status] ?? "";
}

const texts = process.getBuiltinModule("node:http").STATUS_CODES;
