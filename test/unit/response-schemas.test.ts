import { z } from "@hono/zod-openapi";
import { expect, it } from "vitest";
import { onDemand } from "../../src/http/on-demand.ts";
import { content, createRouter, json, route } from "../../src/http/router.ts";

const INFO = { openapi: "3.1.0", info: { title: "Test", version: "1" } };

it("The schema of a response is made for the OpenAPI document, once, and not for its route", () => {
  let made = 0;
  const Lease = onDemand(() => {
    made++;
    return z.object({ rent: z.int() }).openapi("Lease");
  });
  const read = route({
    method: "get",
    path: "/lease",
    operationId: "readLease",
    summary: "Read the lease",
    responses: {
      200: json(Lease, "The lease."),
      206: { description: "A part.", content: { "text/event-stream": content(Lease) } },
    },
  });
  const app = createRouter().route(
    "/",
    createRouter().openapi(read, (c) => c.json({ rent: 1 }, 200)),
  );
  expect(made).toBe(0);
  const { components } = app.getOpenAPI31Document(INFO);
  expect(components?.schemas).toMatchObject({ Lease: { required: ["rent"] } });
  expect(made).toBe(1);
});
