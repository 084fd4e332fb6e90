import type { IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { listen, readText, type RunningServer, sendJson } from "../../local/http-server.ts";
import { createModelClient } from "../../src/clients/model.ts";
import { type Env, readConfig } from "../../src/env.ts";
import { present } from "../../src/lib/assert.ts";
import { findEmbeddingModel } from "../../src/lib/models.ts";

type Body = { model: string; input: string[]; dimensions?: number; encoding_format?: string };
type Refusal = { status: number; body: unknown };

let server: RunningServer;
let seen: Body[] = [];
let headers: IncomingHttpHeaders = {};
/** What the endpoint refuses, and the embedding of a text. */
let refuse: (body: Body) => Refusal | undefined;
let embeddingOf: (text: string, body: Body) => unknown;

beforeAll(async () => {
  server = await listen(async (request, response) => {
    headers = request.headers;
    const body: Body = JSON.parse(await readText(request));
    seen.push(body);
    const refusal = refuse(body);
    if (refusal) return sendJson(response, refusal.status, refusal.body);
    const data = body.input.map((text, index) => ({ index, embedding: embeddingOf(text, body) }));
    sendJson(response, 200, {
      data,
      usage: { prompt_tokens: data.length, total_tokens: data.length },
    });
  });
});
beforeEach(() => {
  seen = [];
  refuse = () => undefined;
  embeddingOf = (text) => [text.length, 1];
});
afterAll(() => server.close());

function clientOf(more: Record<string, string> = {}) {
  const env: unknown = {
    DATABASE_URL: "postgres://u:p@localhost/d",
    SECRET_KEY: "x".repeat(32),
    OPENAI_API_KEY: "of-openai",
    EMBEDDING_BASE_URL: `${server.origin}/v1`,
    EMBEDDING_API_KEY: "of-embeddings",
    ...more,
  };
  return createModelClient(readConfig(env as Env));
}

const modelOf = (name: string) => present(findEmbeddingModel(name), "the model");

const embed = (client: ReturnType<typeof clientOf>, texts: string[], name = "bge-m3") =>
  client.embed({ model: modelOf(name), texts }, AbortSignal.timeout(15_000));

const texts = (count: number) => Array.from({ length: count }, (_, index) => "x".repeat(index + 1));

it("An endpoint of its own has its own key, and no width is requested of an unknown model", async () => {
  await embed(clientOf(), ["a"]);
  expect(headers.authorization).toBe("Bearer of-embeddings");
  expect(seen[0]).toMatchObject({ model: "bge-m3", encoding_format: "float" });
  expect(seen[0]).not.toHaveProperty("dimensions");
});

it("Another endpoint never receives the key of OpenAI", async () => {
  await embed(clientOf({ EMBEDDING_API_KEY: "" }), ["a"]);
  expect(headers.authorization).toBe("Bearer none");
});

it.each([
  [
    "DashScope",
    10,
    400,
    {
      error: {
        message:
          "<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than 10.: input.contents",
        code: "InvalidParameter",
      },
    },
  ],
  [
    "Text Embeddings Inference",
    32,
    422,
    { error: "batch size 64 > maximum allowed batch size 32", error_type: "Validation" },
  ],
  [
    "SiliconFlow",
    32,
    413,
    { code: 20042, message: "input batch size 64 > maximum allowed batch size 32", data: null },
  ],
])(
  "A batch is sent in parts as %s allows, and later ones at once so",
  async (_name, most, status, body) => {
    refuse = ({ input }) => (input.length > most ? { status, body } : undefined);
    const client = clientOf();
    const made = await embed(client, texts(64));
    expect(made.vectors.map(([first]) => first)).toEqual(texts(64).map(({ length }) => length));
    expect(made.usage).toMatchObject({ promptTokens: 64 });
    seen = [];
    await embed(client, texts(64));
    expect(seen.every(({ input }) => input.length <= most)).toBe(true);
  },
);

it("A text that is too long for a model is cut, and the others are whole", async () => {
  refuse = ({ input }) =>
    input.some(({ length }) => length > 1_000)
      ? {
          status: 413,
          body: {
            error: "Input validation error: `inputs` must have less than 512 tokens",
            error_type: "Validation",
          },
        }
      : undefined;
  const made = await embed(clientOf(), ["short", "y".repeat(3_000), "last"]);
  expect(made.vectors.map(([first]) => first)).toEqual([5, 750, 4]);
});

it.each([
  [400, { error: { message: "Something else is wrong" } }],
  [401, { error: "Unauthorized" }],
  [429, { error: { message: "Too many requests: batch size" } }],
])("A refusal with %s for another reason is not repeated", async (status, body) => {
  refuse = () => ({ status, body });
  await expect(embed(clientOf(), texts(8))).rejects.toThrow();
  expect(seen).toHaveLength(1);
});

it("Vectors that are too wide are requested in the width of the column", async () => {
  embeddingOf = (_text, { dimensions = 4_096 }) => Array(dimensions).fill(0.5);
  const client = clientOf();
  const made = await embed(client, ["a"], "qwen3-embedding-8b");
  expect(made.vectors[0]).toHaveLength(1_536);
  await embed(client, ["b"], "qwen3-embedding-8b");
  expect(seen.map(({ dimensions }) => dimensions)).toEqual([undefined, 1_536, 1_536]);
});

it("A model whose vectors stay too wide is not called again", async () => {
  embeddingOf = () => Array(4_096).fill(0.5);
  const client = clientOf();
  const refusal = { code: "ai_not_configured" };
  await expect(embed(client, ["a"])).rejects.toMatchObject(refusal);
  await expect(embed(client, ["b"])).rejects.toMatchObject(refusal);
  expect(seen).toHaveLength(2);
});

it("Base64 is read where it is sent unasked", async () => {
  embeddingOf = () => Buffer.from(Float32Array.of(0.5, -2).buffer).toString("base64");
  expect((await embed(clientOf(), ["a"])).vectors).toEqual([[0.5, -2]]);
});

it.each([
  ["text", "not base64!"],
  ["base64 of a part of a number", "AAAAAAA="],
  ["nothing", []],
  ["null", null],
  ["a number that is none", [null, 1]],
])("An embedding of %s is refused", async (_name, embedding) => {
  embeddingOf = () => embedding;
  await expect(embed(clientOf(), ["a"])).rejects.toMatchObject({ code: "ai_unavailable" });
});
