import OpenAI, { BadRequestError } from "openai";
import { expect, inject, it } from "vitest";
import { LOCAL_SENTENCES } from "../../local/provider/embeddings.ts";

const client = new OpenAI({
  apiKey: inject("vars").OPENAI_API_KEY ?? "",
  baseURL: `${inject("providerUrl")}/v1`,
  maxRetries: 0,
});

async function embed(input: string[], options: Partial<OpenAI.EmbeddingCreateParams> = {}) {
  const body = { model: LOCAL_SENTENCES, input, ...options };
  return (await client.embeddings.create(body)).data.map(({ embedding }) => embedding);
}

const cosine = (a: number[] = [], b: number[] = []) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

it("The local sentence model finds a meaning in other words", async () => {
  const [question, near, far] = await embed([
    "Can either side walk away from the deal?",
    "The agreement may be terminated by both parties upon notice.",
    "The roof was painted in a dark shade of green.",
  ]);
  expect(question).toHaveLength(512);
  expect(cosine(question, question)).toBeCloseTo(1, 3);
  expect(cosine(question, near)).toBeGreaterThan(cosine(question, far) + 0.1);
});

it("The local sentence model answers a question while it embeds a document", async () => {
  const ended: string[] = [];
  const passages = Array.from({ length: 64 }, (_, index) => `Clause ${index} of the lease.`);
  await Promise.all([
    embed(passages).then(() => ended.push("document")),
    embed(["What does clause 4 say?"]).then(() => ended.push("question")),
  ]);
  expect(ended).toEqual(["question", "document"]);
});

it("The local sentence model embeds blank, foreign and long texts", async () => {
  const vectors = await embed([" ", "日本国憲法", "x".repeat(100_000), "\u{200b}"]);
  expect(vectors.map(({ length }) => length)).toEqual([512, 512, 512, 512]);
});

it("The local sentence model refuses another width", async () => {
  await expect(embed(["rent"], { dimensions: 256 })).rejects.toBeInstanceOf(BadRequestError);
});
