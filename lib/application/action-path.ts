/**
 * The name of the action that a path asks for: "" for the root.
 *
 * Empty segments are ignored, since some proxies merge slashes and others don't (nginx merges them, a bare HTTP
 * client does not). The prefix is taken off where the path has it, on a segment's boundary, and is not demanded:
 * some proxies pass it on and others remove it.
 *
 * @param path percent-decoded
 */
export function actionName(path: string, prefix: string): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const prefixSegments = prefix.split("/").filter((segment) => segment !== "");
  const prefixed = prefixSegments.every((segment, index) => segments[index] === segment);
  return segments.slice(prefixed ? prefixSegments.length : 0).join("/");
}
