import { beforeAll, describe, expect, it } from "vitest";
import { makeAdmin } from "../support/admins.ts";
import {
  type ApiResponse,
  anonymous,
  type Client,
  type SignedIn,
  signUpWithFiles,
} from "../support/client.ts";
import { readyFile, upload } from "../support/files.ts";
import { expectedOfNothing, type Operation, readOperations } from "../support/routes.ts";

/** The public routes. Everything else requires a sign-in. */
const PUBLIC = [
  "GET /",
  // Its ticket signs in.
  "GET /chats/{id}/ws",
  // The account no longer exists.
  "GET /erasures/{id}",
  "GET /health",
  "GET /health/live",
  "GET /openapi.json",
  "GET /auth/methods",
  "GET /auth/oidc/callback",
  "GET /auth/oidc/start",
  "POST /auth/email/verify",
  "POST /auth/login",
  "POST /auth/login/totp",
  "POST /auth/logout",
  "POST /auth/oidc/exchange",
  "POST /auth/password/forgot",
  "POST /auth/password/reset",
  "POST /auth/refresh",
  "POST /auth/register",
];

let operations: Operation[];
let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  operations = await readOperations();
  [ada, eve] = await Promise.all([signUpWithFiles(), signUpWithFiles()]);
});

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

function call(client: Client, { method, body }: Operation, path: string): Promise<ApiResponse> {
  if (method === "GET") return client.get(path);
  const send = { POST: client.post, PUT: client.put, PATCH: client.patch, DELETE: client.delete }[
    method
  ];
  if (!send) throw new Error(`${method} is not known to this test`);
  return send(path, body);
}

describe("every route", () => {
  it("requires a sign-in, unless it is on the public list", async () => {
    const open = operations.filter((operation) => operation.open).map(nameOf);
    expect(open.toSorted()).toEqual(PUBLIC.toSorted());
    const closed = operations.filter((operation) => !operation.open);
    for (const operation of closed) {
      const response = await call(
        anonymous(),
        operation,
        operation.path.replace("{id}", crypto.randomUUID()),
      );
      const seen = { route: nameOf(operation), status: response.status, code: response.body.code };
      expect(seen).toEqual({ route: nameOf(operation), status: 401, code: "unauthenticated" });
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("answers for another user's object as for a missing one, and for an invalid id", async () => {
    const chatId = (await ada.post("/chats", { title: "Private" })).body.id;
    const turn = await ada.post(`/chats/${chatId}/messages`, { content: "A secret" });
    const messageId = turn.body.user_message.id;
    const fileId = (await upload(ada, "Private text.")).body.id;
    const before = (await ada.get(`/chats/${chatId}`)).body;
    const byId = operations.filter(({ path, open }) => path.includes("{id}") && !open);
    expect(byId.length).toBeGreaterThan(8);
    const ids = [chatId, messageId, fileId, crypto.randomUUID(), "no-id", "%00", "0".repeat(200)];
    for (const operation of byId) {
      const responses = await Promise.all(
        ids.map(async (id) => {
          const { status, body } = await call(eve, operation, operation.path.replace("{id}", id));
          const { request_id: _request, instance: _instance, ...rest } = body ?? {};
          return { route: nameOf(operation), status, ...rest };
        }),
      );
      expect(
        new Set(responses.map((response) => JSON.stringify(response))).size,
        JSON.stringify(responses),
      ).toBe(1);
      expect(responses[0]).toMatchObject(expectedOfNothing(operation));
    }
    expect((await ada.get(`/chats/${chatId}`)).body).toEqual(before);
  });

  it("that is read answers HEAD as GET, without a body", async () => {
    const { chat_id: chatId } = (await ada.post("/chat", { content: "Hello?" })).body;
    for (const operation of operations.filter(({ method }) => method === "GET")) {
      const path = operation.path.replace("{id}", chatId);
      const head = await ada.fetch(path, { method: "HEAD" });
      const seen = { route: nameOf(operation), status: head.status, text: await head.text() };
      const { status } = await ada.get(path);
      expect(seen).toEqual({ route: nameOf(operation), status, text: "" });
    }
  });

  it("takes null for an optional field of its body as if the field were absent", async () => {
    const withOptional = operations.filter(({ optional }) => optional.length > 0);
    expect(withOptional.length).toBeGreaterThan(15);
    for (const operation of withOptional) {
      const { id } = (await ada.post("/chats", {})).body;
      const path = operation.path.replace("{id}", await idFor(operation, id));
      const absent = { ...operation.body, ...(operation.body.chat_id && { chat_id: id }) };
      for (const name of operation.optional) delete absent[name];
      const nulls = Object.fromEntries(operation.optional.map((name) => [name, null]));
      const client = await clientFor(operation);
      const [first, second] = [
        await call(client, { ...operation, body: absent }, path),
        await call(client, { ...operation, body: { ...absent, ...nulls } }, path),
      ].map(({ status, body }) => ({ status, code: body?.code, errors: body?.errors }));
      expect({ route: nameOf(operation), ...second }).toEqual({
        route: nameOf(operation),
        ...first,
      });
    }
  });

  it("accepts the example of its body", async () => {
    const withBody = operations.filter(
      ({ body, path }) => body !== undefined && !path.startsWith("/auth"),
    );
    expect(withBody.length).toBeGreaterThan(5);
    for (const operation of withBody) {
      const { id } = (await ada.post("/chats", {})).body;
      const body = { ...operation.body, ...(operation.body.chat_id && { chat_id: id }) };
      const path = operation.path.replace("{id}", await idFor(operation, id));
      const client = await clientFor(operation);
      const { status } = await call(client, { ...operation, body }, path);
      expect(status, `${nameOf(operation)} ${JSON.stringify(body)}`).toBeLessThan(300);
    }
  });

  it("accepts ids in capitals as the same ids", async () => {
    const { id } = (await ada.post("/chats", {})).body;
    expect((await ada.get(`/chats/${id.toUpperCase()}`)).body.id).toBe(id);
  });
});

/** Who may call it. An erased account cannot call the other operations. */
async function clientFor({ method, path }: Operation): Promise<SignedIn> {
  if (path.startsWith("/admin/")) return makeAdmin(await signUpWithFiles());
  if (path === "/auth/logout") return signUpWithFiles();
  return method === "DELETE" && path === "/users/me" ? signUpWithFiles() : ada;
}

/** The object in the path of an operation: an account, the chat, one of its messages, or a file. */
async function idFor({ method, path }: Operation, chatId: string): Promise<string> {
  if (path.startsWith("/admin/")) return (await signUpWithFiles()).user.id;
  if (path.startsWith("/files/")) return (await readyFile(ada, "Text.")).id;
  if (!path.startsWith("/messages/")) return chatId;
  const { body } = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" });
  return method === "PATCH" ? body.user_message.id : body.ai_response.id;
}
