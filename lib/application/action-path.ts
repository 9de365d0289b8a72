/**
 * The name of the action that a path asks for: "" for the root.
 *
 * A path that names an action as it is asks for that one, whatever the prefix is said to be: lighttpd may say of `/message/`
 * that all of it is the prefix, and the root would answer an upload 200 and keep nothing.
 *
 * @param path percent-decoded
 * @param names of the actions that there are
 */
export function actionName(path: string, prefix: string, names: { has(name: string): boolean }): string {
  // Nearly all paths: there is nothing to take off or apart.
  if (prefix === "" && path.lastIndexOf("/") === 0 && !path.startsWith("/.")) return path.slice(1);
  const whole = segmentsAfter(path, "").join("/");
  return whole !== "" && names.has(whole) ? whole : segmentsAfter(path, prefix).join("/");
}

/** A path without what a gateway is known to put in front, still a path. */
export function withoutPrefix(path: string, prefix: string): string {
  return prefix === "" ? path : `/${segmentsAfter(path, prefix).join("/")}`;
}

/**
 * Empty segments are ignored and dots resolved (RFC 3986 §5.2.4), since web servers do that to a path and others don't. The
 * prefix is taken off where the path has it, on a segment's boundary, and is not demanded:
 * some proxies pass it on and others remove it.
 */
function segmentsAfter(path: string, prefix: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const prefixSegments = prefix.split("/").filter((segment) => segment !== "");
  const prefixed = prefixSegments.every((segment, index) => segments[index] === segment);
  return segments.slice(prefixed ? prefixSegments.length : 0);
}
