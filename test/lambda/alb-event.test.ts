import { expect, it } from "vitest";
import { albRequest, albResult } from "../../lib/lambda/alb-event.ts";
import { albEvent, type GatewayRequest } from "../support/gateway-events.ts";

const sent: GatewayRequest = {
  method: "GET",
  path: "/",
  query: "",
  headers: [],
  body: new Uint8Array(),
  client: "2.7.5.8",
};

it("believes the load balancer about the client's address, not the client", () => {
  const headers = [["X-Forwarded-For", "10.0.0.1, 6.6.6.6"]] as const;
  expect(albRequest(albEvent({ ...sent, headers })).client).toBe("2.7.5.8");
});

it.each([
  ["2.7.5.8:40123", "2.7.5.8"],
  ["[2001:db8::1]:40123", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["2001:db8::1", "2001:db8::1"],
])("leaves the client's port out: %s", (client, address) => {
  expect(albRequest(albEvent({ ...sent, client })).client).toBe(address);
});

it("does not know the client of an event without that header", () => {
  expect(albRequest({ ...albEvent(sent), headers: {} }).client).toBeUndefined();
});

it("says the status in words too", () => {
  const response = { status: 404, headers: {}, body: "" } as const;
  expect(albResult(response, albEvent(sent)).statusDescription).toBe("404 Not Found");
});
