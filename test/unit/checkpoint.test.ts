import { expect, it } from "vitest";
import type { NewTurn } from "../../src/features/turns/store/turn.ts";
import {
  pendingCheckpoint,
  endOf,
  parseCheckpoint,
  serializeCheckpoint,
} from "../../src/features/turns/room/checkpoint.ts";
import { findModel } from "../../src/lib/models.ts";

const files = { named: undefined, linked: undefined, waits: true };
const turn = {
  userId: "user",
  chatId: "chat",
  answerId: "new",
  files,
  at: "2026-11-23T09:30:00.000Z",
};

function recordOf(of: NewTurn) {
  const model = findModel("gpt-4o-mini", []);
  if (!model) throw new Error("the model is offered");
  return pendingCheckpoint(of, { model, usageId: "usage" });
}

const answerOf = (of: NewTurn) => recordOf(of).answer;

function again(before: number) {
  const ids = Array.from({ length: before }, (_, index) => `old ${index}`).slice(0, 50);
  const answers = { ids, count: before };
  return answerOf({ ...turn, target: "regenerate", userMessage: { id: "asked" }, answers });
}

it("A checkpoint before the beginning has the siblings of the new answer", () => {
  expect(again(2)).toMatchObject({
    parent_id: "asked",
    status: "streaming",
    sibling_ids: ["old 0", "old 1", "new"],
    sibling_count: 3,
  });
  const [many, ids] = [again(60), again(60).sibling_ids];
  expect([ids.length, ids[48], ids[49], many.sibling_count]).toEqual([50, "old 48", "new", 61]);
});

it("The answer to a new user message has no siblings", () => {
  const userMessage = { id: "asked", content: "?", file_name: null, file_url: null, metadata: {} };
  const edited = answerOf({ ...turn, target: "edit", besideId: "old", userMessage });
  expect(edited).toMatchObject({ parent_id: "asked", sibling_ids: ["new"], sibling_count: 1 });
});

it("A turn that was stopped before it began ends as stopped after a crash too, and costs nothing", () => {
  const userMessage = { id: "asked", content: "?", file_name: null, file_url: null, metadata: {} };
  const record = recordOf({ ...turn, target: "append", userMessage });
  const end = (running: typeof record) =>
    endOf({ running }, { content: "", reasoning: "" }, Date.parse(turn.at));
  expect(end(record)).toMatchObject({ message: { status: "interrupted" }, usage: [] });
  const stopped = end({ ...record, isStopped: true });
  expect(stopped).toMatchObject({ message: { status: "stopped", content: "" }, usage: [] });
  expect(stopped.message.metadata).toMatchObject({ finish_reason: null });
});

it("A turn whose provider was called before it began costs that call after a crash", () => {
  const userMessage = { id: "asked", content: "?", file_name: null, file_url: null, metadata: {} };
  const record = recordOf({ ...turn, target: "append", userMessage });
  const [{ answer, model, userId, chatId }, at] = [record, turn.at];
  const key = { id: "early", userId, chatId, messageId: answer.id, kind: "answer" as const };
  const counted = { promptTokens: 20, completionTokens: 0, estimated: true };
  const spent = [{ ...key, attempt: 1, model, at, ...counted }];
  const running = { ...record, spent };
  const end = endOf({ running }, { content: "", reasoning: "" }, Date.parse(at));
  expect(end.usage).toEqual(spent);
});

it("A checkpoint that an earlier version stored has a whole message", () => {
  const userMessage = { id: "asked", content: "?", file_name: null, file_url: null, metadata: {} };
  const record = recordOf({ ...turn, target: "append", userMessage });
  const { role: _role, files: _files, ...earlier } = record.answer;
  const received = { content: "One", reasoning: "" };
  const running = { running: { ...record, answer: earlier } } as never;
  const end = endOf(parseCheckpoint(serializeCheckpoint(running)), received, Date.parse(turn.at));
  expect(end.message).toMatchObject({ role: "assistant", files: [], content: "One" });
  const { role: _, files: _f, ...finished } = end.message;
  const stored = serializeCheckpoint({ finished: { ...end, message: finished } } as never);
  expect(endOf(parseCheckpoint(stored), received, 0).message).toEqual(end.message);
});
