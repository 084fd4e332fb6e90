import { expect, it } from "vitest";
import type { ModelChunk } from "../../src/clients/model.ts";
import { EarlyCall } from "../../src/features/turns/generate/early-call.ts";
import { promptFor } from "../../src/features/turns/generate/prompt.ts";
import { present } from "../../src/lib/assert.ts";
import { findModel } from "../../src/lib/models.ts";
import { Problem } from "../../src/lib/problem.ts";

const model = present(findModel("gpt-4o-mini", []), "an offered model");
const path = [{ type: "user" as const, content: "Well?" }];
const prompt = promptFor(model, path, "Be brief.");

const turn = {
  target: "append" as const,
  userId: "ada",
  chatId: "chat",
  answerId: "a1",
  keyId: "key",
  files: { named: undefined, linked: undefined, waits: true },
  userMessage: { id: "u1", content: "Well?", file_name: null, file_url: null, metadata: {} },
  at: "2026-11-23T09:30:00.000Z",
};

/** A call that has been sent these chunks, and then fails where there is a problem. */
async function callWith(chunks: ModelChunk[], problem?: Problem): Promise<EarlyCall> {
  const early = new EarlyCall({ turn, attempt: { model, usageId: "early" }, prompt }, () => 0);
  const stream: Parameters<EarlyCall["start"]>[0]["stream"] = async (_request, _signal, take) => {
    if (chunks.length > 0) take(chunks);
    if (problem) throw problem;
  };
  early.start({ stream }, new AbortController().signal);
  await Promise.resolve();
  await Promise.resolve();
  return early;
}

it("A cancelled call is paid by an estimate of its prompt, and of the text that has come", async () => {
  const chunks: ModelChunk[] = [{ type: "begin" }, { type: "text", text: "twelve chars" }];
  const [row, ...others] = (await callWith(chunks)).cancel();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ id: "early", messageId: "a1", attempt: 1, estimated: true });
  expect(row).toMatchObject({ keyId: "key", promptTokens: prompt.estimatedTokens });
  expect(row?.completionTokens).toBe(3);
});

it("A call that its provider refused costs nothing, and has a row; one that was not made has none", async () => {
  const [refused] = (await callWith([], new Problem("ai_unauthorized"))).cancel();
  expect(refused).toMatchObject({ promptTokens: 0, completionTokens: 0 });
  expect((await callWith([], new Problem("ai_circuit_open"))).cancel()).toEqual([]);
});

it("A call belongs to the turn with its very prompt, until it is cancelled", async () => {
  const early = await callWith([]);
  const changed = [...path.slice(0, -1), { type: "user" as const, content: "Well!" }];
  const longer = [
    { type: "user" as const, content: "Hi" },
    { type: "bot" as const, content: "Hi." },
  ];
  expect(early.isFor(promptFor(model, path, "Be brief."))).toBe(true);
  expect(early.isFor(promptFor(model, changed, "Be brief."))).toBe(false);
  expect(early.isFor(promptFor(model, path, "Be brief!"))).toBe(false);
  expect(early.isFor(promptFor(model, [...longer, ...path], "Be brief."))).toBe(false);
  early.cancel();
  expect(early.isFor(prompt)).toBe(false);
});
