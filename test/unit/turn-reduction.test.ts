import { expect, it } from "vitest";
import type { FinishedTurn } from "../../src/features/turns/store/turn.ts";
import { clampUsage, reductionsOf } from "../../src/features/turns/store/answer.ts";
import { present } from "../../src/lib/assert.ts";
import { findModel } from "../../src/lib/models.ts";

const model = present(findModel("gpt-4o-mini", []), "an offered model");
const at = "2026-11-23T09:30:00.000Z";

const usage = {
  id: "usage",
  userId: "user",
  chatId: "chat",
  messageId: "answer",
  kind: "answer" as const,
  attempt: 1,
  model,
  estimated: false,
  at,
};

function finished(status: "complete" | "failed", metadata: Record<string, unknown>): FinishedTurn {
  const message = {
    id: "answer",
    chat_id: "chat",
    parent_id: "asked",
    type: "bot" as const,
    role: "assistant" as const,
    content: "Half\uD83D and \0all.",
    status,
    file_name: null,
    file_url: null,
    files: [],
    metadata,
    sibling_ids: ["answer"],
    sibling_count: 1,
    created_at: at,
  };
  const counted = { ...usage, promptTokens: 3e9, completionTokens: 7 };
  return { userId: "user", chatId: "chat", at, message, title: "A title\0", usage: [counted] };
}

it("A refused end is reduced to what is certainly storable, and then to its text", () => {
  const hostile = { finish_reason: "stop\0", citations: ["\uD800"], processing_time: 1.5 };
  const [reduced, minimal] = reductionsOf(finished("complete", hostile));
  expect(reduced.message).toMatchObject({ status: "failed", content: "Half\uFFFD and all." });
  expect(reduced.message.metadata).toEqual({
    model: "gpt-4o-mini",
    usage: {
      prompt_tokens: 2_147_483_647,
      completion_tokens: 0,
      total_tokens: 2_147_483_647,
      cost: "322.12254705",
      currency: "USD",
      estimated: false,
    },
    finish_reason: "save_refused",
    processing_time: 1.5,
  });
  expect(reduced.title).toBeUndefined();
  expect(minimal).toMatchObject({ usage: [], message: { content: "Half\uFFFD and all." } });
  expect(minimal.message.metadata).toEqual({ finish_reason: "save_refused" });
});

it("An answer that had failed before keeps its reason", () => {
  const [reduced, minimal] = reductionsOf(finished("failed", { finish_reason: "ai_timeout" }));
  expect(reduced.message.metadata.finish_reason).toBe("ai_timeout");
  expect(minimal.message.metadata.finish_reason).toBe("ai_timeout");
});

it.each([
  [3, 4, 3, 4],
  [-1, 2 ** 40, 0, 2 ** 31 - 1],
  [2 ** 31 - 2, 5, 2 ** 31 - 2, 1],
  [1.7, Number.NaN, 1, 0],
  [Number.POSITIVE_INFINITY, 0, 2 ** 31 - 1, 0],
])("Counts of %d and %d tokens are stored as %d and %d", (prompt, completion, most, rest) => {
  const clamped = clampUsage({ ...usage, promptTokens: prompt, completionTokens: completion });
  expect([clamped.promptTokens, clamped.completionTokens]).toEqual([most, rest]);
});
