import { expect, inject, it } from "vitest";
import { createModelClient } from "../../../src/clients/model.ts";
import { type Env, readConfig } from "../../../src/env.ts";
import type { FoundPassage } from "../../../src/features/retrieval/passage.ts";
import { rerankPassages } from "../../../src/features/retrieval/rerank.ts";
import type { NewUsage } from "../../../src/features/usage/queries.ts";
import { newId } from "../../../src/lib/ids.ts";
import { script } from "../../support/provider.ts";

const RERANKER = { RERANK_MODEL: "local-reranker", TURN_LIMITS: '{"rerank_ms":10000}' };

function depsWith(more: Record<string, string>) {
  const vars: unknown = { ...inject("vars"), ...more };
  const config = readConfig(vars as Env);
  return { config, model: createModelClient(config), clock: Date.now, newId };
}

const passage = (ordinal: number, text: string): FoundPassage => ({
  fileId: "f",
  fileName: "lease.txt",
  ordinal,
  start: 0,
  end: text.length,
  page: null,
  headings: [],
  text,
  score: 1,
  isReferred: false,
});

const FOUND = [
  passage(0, "The rent is due monthly."),
  passage(1, "The landlord repairs the roof."),
  passage(2, "Who repairs the walls and the roof of the house?"),
];

async function rerank(more: Record<string, string>, query = "Who repairs the roof?") {
  const recorded: NewUsage[] = [];
  const ids = { userId: newId(), chatId: newId(), messageId: newId() };
  const stop = new AbortController().signal;
  const input = { ...ids, query, stop, record: (usage: NewUsage) => void recorded.push(usage) };
  const passages = await rerankPassages(depsWith(more), input, FOUND);
  return { ordinals: passages.map(({ ordinal }) => ordinal), recorded };
}

it("A reranker orders the passages, and is billed once", async () => {
  const { ordinals, recorded } = await rerank(RERANKER);
  expect(ordinals).toEqual([2, 1, 0]);
  expect(new Set(recorded.map(({ id }) => id)).size).toBe(1);
  expect(recorded.at(-1)).toMatchObject({ kind: "rerank", estimated: false, completionTokens: 0 });
  expect(recorded.at(-1)?.promptTokens).toBeGreaterThan(0);
});

it("Without a reranker the passages stay in their order", async () => {
  expect(await rerank({})).toEqual({ ordinals: [0, 1, 2], recorded: [] });
});

it("A reranker that is late or refuses is not waited for", async () => {
  const late = await script({ kind: "rerank", firstTokenDelayMs: 2_000 });
  const slow = await rerank({ ...RERANKER, TURN_LIMITS: '{"rerank_ms":50}' }, `roof ${late}`);
  expect(slow.ordinals).toEqual([0, 1, 2]);
  expect(slow.recorded).toMatchObject([{ estimated: true }]);
  const marker = await script({ kind: "rerank", errorStatus: 429 });
  const refused = await rerank(RERANKER, `roof ${marker}`);
  expect(refused.ordinals).toEqual([0, 1, 2]);
  expect(refused.recorded.at(-1)).toMatchObject({ promptTokens: 0 });
});

const ranked = (...scores: [index: unknown, score: unknown][]) => ({
  results: scores.map(([index, relevance_score]) => ({ index, relevance_score })),
});

it.each([
  ["an index twice", ranked([0, 1], [1, 1], [1, 0])],
  ["an index that was not sent", ranked([0, 1], [1, 1], [3, 0])],
  ["a negative index", ranked([0, 1], [1, 1], [-1, 0])],
  ["an index as text", ranked([0, 1], [1, 1], ["2", 0])],
  ["a missing document", ranked([0, 1], [1, 1])],
  ["a document too many", ranked([0, 1], [1, 1], [2, 0], [2, 0])],
  ["no score", ranked([0, 1], [1, 1], [2, null])],
  ["another shape", { data: [] }],
  ["a list", []],
  ["null", null],
])("A ranking with %s is ignored", async (_name, errorBody) => {
  const marker = await script({ kind: "rerank", errorStatus: 200, errorBody });
  expect((await rerank(RERANKER, `roof ${marker}`)).ordinals).toEqual([0, 1, 2]);
});
