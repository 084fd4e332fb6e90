/** What the product needs of a family of providers, replayed byte for byte to its client. */
import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { listen, readText, type RunningServer } from "../../../local/http-server.ts";
import { createModelClient, type ModelClient } from "../../../src/clients/model.ts";
import { type Env, readConfig } from "../../../src/env.ts";
import { readTitle } from "../../../src/features/titles/title-text.ts";
import { present } from "../../../src/lib/assert.ts";
import { findEmbeddingModel, type Model, ownModel, PARAMETERS } from "../../../src/lib/models.ts";
import { Problem } from "../../../src/lib/problem.ts";
import type { Family, Wire } from "./family.ts";

const NAME_IT = "Name this.";
const SCHEMA = { name: "title", schema: { type: "object" } };
const soon = () => AbortSignal.timeout(15_000);

const VECTORS = [
  [0.6, 0.8],
  [1, 0],
];

type Body = Record<string, unknown>;

/** Call it inside a `describe`. */
export function promisesOfFamily(family: Family): void {
  const seen: Body[] = [];
  let refusal: Wire | undefined;
  let server: RunningServer;
  let client: ModelClient;
  const model: Model = ownModel("m");
  const ask = { model, messages: [{ role: "user" as const, content: "Hi" }], maxOutputTokens: 100 };

  beforeAll(async () => {
    server = await listen(async (request, response) => {
      const body: Body = JSON.parse(await readText(request));
      seen.push(body);
      await play(refusal ?? answerTo(family, request.url ?? "", body), response);
    });
  });
  beforeEach(() => {
    seen.length = 0;
    refusal = undefined;
    client = clientOf(server.origin);
  });
  afterAll(() => server.close());

  it("streams an answer, and after the first request without being refused", async () => {
    expect(await streamed(client, ask)).toBe("Hello there");
    const first = seen.length;
    expect(await streamed(client, ask)).toBe("Hello there");
    expect(seen).toHaveLength(first + 1);
    expect(refusedOf(family, seen.at(-1))).toEqual([]);
    expect(seen.every(({ messages }) => Array.isArray(messages))).toBe(true);
  });

  it("names a chat", async () => {
    const messages = [{ role: "user" as const, content: NAME_IT }];
    const naming = { ...ask, messages, jsonSchema: SCHEMA };
    const { text, usage } = await client.complete(naming, soon());
    expect(readTitle(text).title).toBe("Deposit return");
    expect(usage?.promptTokens).toBe(9);
  });

  it.each(family.embeddings ?? [])("returns vectors, in order: %#", async () => {
    const embedding = present(findEmbeddingModel("text-embedding-3-small"), "the model");
    const made = await client.embed({ model: embedding, texts: ["a", "b"] }, soon());
    expect(made.vectors).toEqual(VECTORS);
    expect(made.usage).toMatchObject({ promptTokens: 2 });
  });

  it.each(family.refusals)("refuses for %s", async (_what, wire, code) => {
    refusal = wire;
    for (const call of [streamed(client, ask), client.complete(ask, soon())]) {
      const error = await call.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ code });
    }
    expect(seen).toHaveLength(2);
  });
}

function clientOf(origin: string): ModelClient {
  const env = {
    DATABASE_URL: "postgres://u:p@localhost/d",
    SECRET_KEY: "x".repeat(32),
    OPENAI_API_KEY: "local",
    OPENAI_BASE_URL: `${origin}/v1`,
  };
  return createModelClient(readConfig(env as unknown as Env));
}

async function streamed(client: ModelClient, ask: Parameters<ModelClient["stream"]>[0]) {
  let text = "";
  await client.stream(ask, soon(), (chunks) => {
    for (const chunk of chunks) if (chunk.type === "text") text += chunk.text;
  });
  return text;
}

function refusedOf({ refuses }: Family, body: Body = {}) {
  return PARAMETERS.filter((name) => name in body && refuses[name] !== undefined);
}

/** The refusal of the first unsupported parameter, or an answer. */
function answerTo(family: Family, path: string, body: Body): Wire {
  const [refused] = refusedOf(family, body);
  const refusal = refused && family.refuses[refused];
  if (refusal) return refusal;
  if (path.endsWith("/embeddings")) return { status: 200, body: family.embeddings?.[0] ?? "" };
  if (body.stream) return { status: 200, body: family.stream, headers: EVENT_STREAM };
  const isTitle = JSON.stringify(body.messages).includes(NAME_IT);
  return { status: 200, body: isTitle ? family.title : (family.whole ?? "") };
}

const EVENT_STREAM = { "content-type": "text/event-stream" };

async function play({ status, body, headers }: Wire, response: ServerResponse): Promise<void> {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  for (const byte of Buffer.from(body)) {
    response.write(Buffer.of(byte));
    await nextTurn();
  }
  response.end();
}
