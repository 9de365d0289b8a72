import { expect, it } from "vitest";
import { routeFit } from "../../../infra/offline/route.ts";

const routes = ["ANY /", "POST /message", "POST /{path+}", "GET /{name}", "ANY /{path+}", "$default"];

function chosen(method: string, path: string, among = routes): string | undefined {
  return among
    .map((route) => ({ route, fit: routeFit(route, method, path) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)[0]?.route;
}

it.each([
  ["GET", "/", "ANY /"],
  ["POST", "/message", "POST /message"],
  ["POST", "/message/", "POST /{path+}"],
  ["POST", "/a/b", "POST /{path+}"],
  ["GET", "/health", "GET /{name}"],
  ["PUT", "/message", "ANY /{path+}"],
])("%s %s is the route %j", (method, path, route) => {
  expect(chosen(method, path)).toBe(route);
});

it("takes the default for what no other takes, and nothing without one", () => {
  expect(chosen("GET", "/message", ["POST /message", "$default"])).toBe("$default");
  expect(chosen("GET", "/message", ["POST /message"])).toBeUndefined();
});
