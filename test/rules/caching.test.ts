import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, type SignedIn, signUpWithFiles } from "../support/client.ts";
import { readyFile } from "../support/files.ts";
import { callsContaining } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";

/** The only routes whose responses are the same for everybody. */
const PUBLIC = new Set(["/openapi.json"]);
const SHARED = "public, max-age=300, stale-while-revalidate=3600";
const PAGES = ["/docs", "/docs/start.js", "/redoc"];

let operations: Operation[];
let ada: SignedIn;
let chatId: string;
let fileId: string;
let answerId: string;
beforeAll(async () => {
  operations = await readOperations();
  ada = await signUpWithFiles();
  const turn = await ada.post("/chat", { content: "Hello?" });
  chatId = turn.body.chat_id;
  answerId = turn.body.ai_response.id;
  fileId = (await readyFile(ada, "Some text.")).id;
});

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** The path of something of Ada's. */
function pathOf({ path }: Operation): string {
  const id = path.startsWith("/files/")
    ? fileId
    : path.startsWith("/messages/")
      ? answerId
      : chatId;
  return path.replaceAll(/\{\w+\}/g, id);
}

/** Status and caching of a response, which is not read to its end. */
async function seen(operation: Operation, client: Pick<SignedIn, "fetch">, headers = {}) {
  const { method } = operation;
  const response = await client.fetch(pathOf(operation), { method, headers, redirect: "manual" });
  const [etag, caching] = ["etag", "cache-control"].map((name) => response.headers.get(name));
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  await response.body?.cancel();
  return { route: nameOf(operation), status: response.status, etag, caching, isStream };
}

const reads = () => operations.filter(({ method }) => method === "GET");

describe("every route", () => {
  it("keeps its responses out of shared caches, and out of all where they have no tag", async () => {
    const tagged: string[] = [];
    for (const operation of reads()) {
      const { route, status, etag, caching, isStream } = await seen(operation, ada);
      const own = etag && status === 200 ? "private, no-cache" : "private, no-store";
      const stream = "no-cache, no-transform";
      const expected = PUBLIC.has(operation.path) ? SHARED : isStream ? stream : own;
      expect({ route, status, caching }).toEqual({ route, status, caching: expected });
      if (etag) tagged.push(operation.path);
    }
    const conditional = ["/chats", "/chats/{id}", "/chats/{id}/messages", "/files", "/files/{id}"];
    for (const path of [...conditional, "/files/{id}/text", "/openapi.json"]) {
      expect(tagged).toContain(path);
    }
  });

  it("keeps refusals out of all caches", async () => {
    const closed = operations.filter(({ open }) => !open);
    expect(closed.length).toBeGreaterThan(20);
    for (const operation of closed) {
      const { route, status, caching } = await seen(operation, anonymous());
      expect({ route, status, caching }).toEqual({
        route,
        status: 401,
        caching: "private, no-store",
      });
    }
  });

  it("that has a tag answers 304 to who has it already, and declares that", async () => {
    const tagged = [];
    for (const operation of reads()) {
      const { etag, caching } = await seen(operation, ada);
      if (!etag) continue;
      tagged.push(operation);
      const again = await seen(operation, ada, { "if-none-match": etag });
      expect(again).toMatchObject({ route: nameOf(operation), status: 304, etag, caching });
      const other = await seen(operation, ada, { "if-none-match": '"other"' });
      expect(other).toMatchObject({ route: nameOf(operation), status: 200, etag });
      const malformed = await seen(operation, ada, { "if-none-match": "other" });
      expect(malformed).toMatchObject({ status: 400, caching: "private, no-store" });
      expect(Object.keys(operation.responses)).toContain("304");
    }
    expect(tagged.length).toBeGreaterThan(6);
  });
});

describe("a conditional read", () => {
  const conditionally = async (path: string) => {
    const etag = (await ada.get(path)).headers.get("etag") ?? "";
    return () => ada.get(path, { "if-none-match": etag });
  };

  it("answers with what has changed", async () => {
    const chats = await conditionally("/chats");
    const messages = await conditionally(`/chats/${chatId}/messages`);
    const page = await conditionally(`/chats/${chatId}/messages?limit=1`);
    const files = await conditionally("/files");
    const all = [chats, messages, page, files];
    for (const again of all) expect((await again()).status).toBe(304);
    await ada.post(`/chats/${chatId}/messages`, { content: "And more?" });
    await readyFile(ada, "Another text.");
    for (const again of all) expect((await again()).status).toBe(200);
    expect((await messages()).body).toHaveLength(4);
  });

  it("answers with a renamed chat, also in the list", async () => {
    const chats = await conditionally("/chats");
    await ada.patch(`/chats/${chatId}`, { title: crypto.randomUUID() });
    expect((await chats()).status).toBe(200);
  });

  it("takes one round trip, which reads no messages", async () => {
    for (const path of [`/chats/${chatId}`, `/chats/${chatId}/messages`]) {
      const again = await conditionally(path);
      const before = (await callsContaining(chatId)).length;
      expect((await again()).status).toBe(304);
      expect((await callsContaining(chatId)).length - before).toBe(1);
    }
  });

  it("is refused before its condition is looked at where the page does not exist", async () => {
    const path = `/chats/${chatId}/messages`;
    for (const parameter of ["before", "after"]) {
      const wrong = `${path}?${parameter}=${crypto.randomUUID()}`;
      expect((await ada.get(wrong, { "if-none-match": "*" })).status).toBe(422);
    }
    const missing = `/chats/${crypto.randomUUID()}`;
    expect((await ada.get(missing, { "if-none-match": "*" })).status).toBe(404);
  });
});

it("The pages of the documentation may be kept by caches at the edge, and are sent once", async () => {
  const visitor = anonymous();
  for (const path of PAGES) {
    const first = await visitor.fetch(path);
    await first.body?.cancel();
    expect(first.headers.get("cache-control"), path).toBe(SHARED);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    const again = await visitor.fetch(path, { headers });
    expect({ status: again.status, text: await again.text() }).toEqual({ status: 304, text: "" });
  }
});
