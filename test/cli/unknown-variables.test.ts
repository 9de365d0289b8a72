import { expect, it } from "vitest";
import { unknownVariables } from "../../lib/cli/unknown-variables.ts";

it("finds what looks like a setting of any command and is none", () => {
  const environment = {
    POSTERN_TIMOUT: "9",
    POSTERN_TIMEOUT: "9",
    POSTERN_TO: "http://127.0.0.1:8080",
    POSTERN_SERVICE_HOST: "10.0.0.1",
    POSTERN_PORT_8080_TCP_ADDR: "10.0.0.1",
    POSTERN_PORT: "tcp://10.0.0.1:8080",
    POSTERN_PORTS: "",
    QUEUE_URL: "https://example.org",
  };
  expect(unknownVariables(environment)).toEqual(["POSTERN_TIMOUT", "POSTERN_PORTS"]);
});
