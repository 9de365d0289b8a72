/**
 * Whether a route takes a request, and how well it fits: an HTTP API chooses the route with the most of its path given in
 * words, then one with the method over `ANY`, then `$default`
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html).
 *
 * @param route such as `POST /message`, `ANY /{path+}` or `$default`
 * @returns 0 where it does not fit, else more where it fits better
 */
export function routeFit(route: string, method: string, path: string): number {
  if (route === "$default") return 1;
  const [routeMethod = "", routePath = ""] = route.split(" ");
  if (routeMethod !== "ANY" && routeMethod !== method) return 0;
  const pathFit = fitOfPath(segments(routePath), segments(path));
  return pathFit === 0 ? 0 : 2 * pathFit + (routeMethod === "ANY" ? 0 : 1);
}

/** 3 for words alone, 2 with variables, 1 with a greedy variable. */
function fitOfPath(route: readonly string[], path: readonly string[]): number {
  const last = route.at(-1) ?? "";
  const isGreedy = last.endsWith("+}");
  if (isGreedy ? path.length < route.length : path.length !== route.length) return 0;
  const named = isGreedy ? route.slice(0, -1) : route;
  if (!named.every((segment, index) => segment.startsWith("{") || segment === path[index])) return 0;
  if (isGreedy) return 1;
  return named.some((segment) => segment.startsWith("{")) ? 2 : 3;
}

/** A slash at the end makes a path another one. */
function segments(path: string): readonly string[] {
  return path.split("/").slice(1);
}
