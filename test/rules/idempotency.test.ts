import { beforeAll, describe, expect, it } from "vitest";
import { type Body, expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { announce } from "../support/files.ts";
import { newKey } from "../support/keys.ts";
import { codesIn } from "../support/openapi.ts";
import { readDocument, resolve } from "../support/routes.ts";

/** POST, but nothing is created that a repetition would create twice. */
const NOTHING_TO_REPEAT = new Set([
  // The ids of its messages are its keys.
  "POST /ai-sdk/chat",
  "POST /ai-sdk/workflow",
  "POST /ai-sdk/chat/{id}/stop",
  "POST /chats/{id}/stop",
  "POST /files/{id}/complete",
  "POST /v1/responses/{id}/cancel",
  "POST /ws/tickets",
]);

/** Calls that take an empty body. */
const TAKE_NOTHING = new Set([
  "/chats",
  "/chats/{id}/name",
  "/files/{id}/analysis",
  "/messages/{id}/regenerate",
]);

type Operation = { name: string; path: string; takesKey: boolean; responses: Body };

let operations: Operation[];
let ada: SignedIn;
beforeAll(async () => {
  const document = await readDocument();
  operations = Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, { parameters = [], responses }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      takesKey: parameters
        .map((parameter: Body) => resolve(document, parameter))
        .some(({ name }: Body) => name === "idempotency-key"),
      responses: Object.fromEntries(
        Object.entries<Body>(responses).map(([status, response]) => [
          status,
          { ...resolve(document, response), ...response },
        ]),
      ),
    })),
  );
  ada = await signUp();
});

const keyed = () => operations.filter(({ takesKey }) => takesKey);

describe("an Idempotency-Key", () => {
  it("is accepted by every call that creates or generates, and by no other", () => {
    const creating = operations.filter(
      ({ name, path }) =>
        name === "PATCH /messages/{id}" ||
        (name.startsWith("POST ") && !path.startsWith("/auth/") && !NOTHING_TO_REPEAT.has(name)),
    );
    expect(creating.length).toBeGreaterThan(5);
    expect(keyed().map(({ name }) => name)).toEqual(creating.map(({ name }) => name));
  });

  it("has the documented refusals and the header of a repeated response", () => {
    for (const { name, responses } of keyed()) {
      expect(codesIn(responses.default), name).toContain("malformed_header");
      expect(codesIn(responses[422]), name).toContain("idempotency_key_reused");
      const success = responses[200] ?? responses[201];
      expect(success.headers, name).toHaveProperty("Idempotent-Replayed");
    }
  });

  it.each(["", '""', "two words", "one, two", "é", "k".repeat(256)])(
    "that reads %j is refused everywhere",
    async (key) => {
      const { body: chat } = await ada.post("/chats", {});
      for (const { name, path } of keyed().filter((operation) =>
        operation.name.startsWith("POST"),
      )) {
        const body = {
          content: "Hi",
          ...(path === "/messages" && { chat_id: chat.id, type: "user" }),
          ...(path === "/v1/chat/completions" && { messages: [{ role: "user", content: "Hi" }] }),
          ...(path === "/v1/responses" && { input: "Hi" }),
        };
        const file = announce("Hi", "hi.txt", "text/plain");
        const given = TAKE_NOTHING.has(path) ? {} : path === "/files" ? file : body;
        const response = await ada.post(path.replace("{id}", chat.id), given, {
          "idempotency-key": key,
        });
        expect({ name, code: response.body.code }).toEqual({ name, code: "malformed_header" });
        expectProblem(response, 400, "malformed_header");
      }
    },
  );

  it("of 255 visible characters is accepted", async () => {
    const key = `${newKey()}!~`.padEnd(255, "x");
    const response = await ada.post("/chats", {}, { "idempotency-key": key });
    expect(response.status).toBe(201);
  });
});
