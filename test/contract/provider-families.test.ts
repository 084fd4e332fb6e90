/** The wire formats of providers, as documented, read by the product's client. */
import { expect, inject, it } from "vitest";
import type { RawStep } from "../../local/provider/script.ts";
import { createModelClient, type ModelChunk } from "../../src/clients/model.ts";
import { mergeCounts } from "../../src/clients/model/usage.ts";
import { type Env, readConfig } from "../../src/env.ts";
import { present } from "../../src/lib/assert.ts";
import { findModel } from "../../src/lib/models.ts";
import { type Expected, FAMILIES, choice, chunk } from "../fixtures/provider-families.ts";
import { DONE, event } from "../support/provider-wire.ts";
import { script } from "../support/provider.ts";

const vars: unknown = inject("vars");
const client = createModelClient(readConfig(vars as Env));
const model = present(findModel("gpt-4o-mini", []), "the model");

/** An error of each provider, after the first words of an answer. */
const ERRORS: [string, RawStep[]][] = [
  [
    "OpenRouter, in the middle of an answer",
    [
      choice({ content: "Hel" }),
      chunk({
        error: { code: 502, message: "gone" },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      }),
    ],
  ],
  [
    "vLLM",
    [
      choice({ content: "Hel" }),
      event({ error: { message: "gone", type: "InternalServerError", code: 500 } }),
      DONE,
    ],
  ],
  [
    "an older vLLM",
    [choice({ content: "Hel" }), event({ object: "error", message: "gone", code: 400 }), DONE],
  ],
  [
    "Anthropic",
    [
      choice({ content: "Hel" }),
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"gone"}}\n\n',
    ],
  ],
  [
    "Gemini",
    [
      choice({ content: "Hel" }),
      event([{ error: { code: 503, message: "gone", status: "UNAVAILABLE" } }]),
    ],
  ],
  ["Ollama", [choice({ content: "Hel" }), event({ error: "gone" })]],
];

it.each(FAMILIES)("%s", async (_, raw, expected) => {
  const marker = await script({ raw });
  const chunks: ModelChunk[] = [];
  const messages = [{ role: "user" as const, content: marker }];
  const ask = { model, messages, maxOutputTokens: 100 };
  await client.stream(ask, AbortSignal.timeout(10_000), (taken) => chunks.push(...taken));
  expect(chunks[0]).toEqual({ type: "begin" });
  expect(toRead(chunks)).toEqual({ reasoning: "", ...expected });
});

it.each(ERRORS)("An error of %s ends the answer and keeps its text", async (_, raw) => {
  const marker = await script({ raw });
  const chunks: ModelChunk[] = [];
  const ask = {
    model,
    messages: [{ role: "user" as const, content: marker }],
    maxOutputTokens: 100,
  };
  const asked = client.stream(ask, AbortSignal.timeout(10_000), (taken) => chunks.push(...taken));
  await expect(asked).rejects.toMatchObject({ name: "Problem" });
  expect(toRead(chunks).text).toBe("Hel");
});

function toRead(chunks: ModelChunk[]): Expected {
  const read: Expected = { text: "", reasoning: "" };
  for (const chunk of chunks) {
    if (chunk.type === "text") read.text += chunk.text;
    if (chunk.type === "reasoning") read.reasoning += chunk.text;
    if (chunk.type === "finish") read.finish = chunk.reason;
    if (chunk.type === "usage") read.usage = mergeCounts(read.usage, chunk.usage);
  }
  return read;
}
