import { expect, it } from "vitest";
import { LiveTurn } from "../../src/features/turns/room/live-turn.ts";
import { WarmPath } from "../../src/features/turns/room/warm-path.ts";
import type { BegunTurn, NewTurn } from "../../src/features/turns/store/turn.ts";
import { findModel } from "../../src/lib/models.ts";
import { present } from "../../src/lib/assert.ts";

const at = "2026-11-23T09:30:00.000Z";
const model = present(findModel("gpt-4o-mini", []), "an offered model");
const message = (content: string) =>
  ({ id: "a1", content, created_at: at, metadata: {} }) as BegunTurn["answer"];

const TURN = {
  target: "append" as const,
  userId: "ada",
  chatId: "chat",
  answerId: "a2",
  files: { named: undefined, linked: undefined, waits: true },
  userMessage: { id: "u2", content: "And?", file_name: null, file_url: null, metadata: {} },
  at,
};

/** Has the room finish a turn with these texts. */
async function finishTurn(
  warmPath: WarmPath,
  asked: string,
  answered = "Yes.",
  documents: BegunTurn["documents"] = [],
): Promise<WarmPath> {
  const live = new LiveTurn({ answerId: "a1", userId: "ada", firstId: 1 });
  const answer = message(answered);
  const path = [{ type: "user" as const, content: asked }];
  const begun = { userMessage: message(asked), answer, path, documents };
  const remembering = warmPath.remember(
    { ...begun, chatTitle: "", needsTitle: false },
    model,
    live,
  );
  live.onFinished({ userId: "ada", chatId: "chat", message: answer, usage: [], at });
  live.onSaved({ state: "ended", at: 0 });
  live.onEvent({ type: "ai_message_complete", message: answer });
  await remembering;
  return warmPath;
}

const roomAfter = (asked: string, answered?: string, documents?: BegunTurn["documents"]) =>
  finishTurn(new WarmPath(), asked, answered, documents);

const whole = ["Well?", "Yes.", "And?"];

const contents = (warmPath: WarmPath, turn: NewTurn = TURN) =>
  warmPath.take(turn, model)?.map(({ content }) => content);

it("A room knows the path below the answer that Postgres has, once", async () => {
  const warmPath = await roomAfter("Well?");
  expect(contents(warmPath)).toEqual(whole);
  expect(contents(warmPath)).toBeUndefined();
});

it("A path of 256 KiB is remembered, and none that is a byte longer", async () => {
  const most = "é".repeat(128 * 1024 - 2);
  expect(contents(await roomAfter(most))).toEqual([most, "Yes.", "And?"]);
  expect(contents(await roomAfter(most, "Yes.."))).toBeUndefined();
});

it("A path with documents, or of a dropped turn, is not remembered", async () => {
  const document = {
    id: "f",
    name: "f",
    status: "ready",
    is_own: true,
  } as BegunTurn["documents"][0];
  expect(contents(await roomAfter("Well?", "Yes.", [document]))).toBeUndefined();
  const warmPath = new WarmPath();
  const live = new LiveTurn({ answerId: "a1", userId: "ada", firstId: 1 });
  const begun = { userMessage: message(""), answer: message(""), path: [], documents: [] };
  const remembering = warmPath.remember(
    { ...begun, chatTitle: "", needsTitle: false },
    model,
    live,
  );
  live.drop();
  await remembering;
  expect(contents(warmPath)).toBeUndefined();
});

it("Only a plain message of the same user below the last answer goes on with the path", async () => {
  const append = TURN;
  const { userMessage } = TURN;
  const others: NewTurn[] = [
    { ...append, parentId: "a0" },
    { ...append, newChatTitle: "New" },
    { ...append, files: { ...append.files, named: [] } },
    { ...append, files: { ...append.files, linked: "file" } },
    { ...append, target: "edit", besideId: "u1" },
    { ...append, target: "regenerate", userMessage, answers: { ids: [], count: 0 } },
  ];
  for (const turn of others) expect(contents(await roomAfter("Well?"), turn)).toBeUndefined();
  const warmPath = await roomAfter("Well?");
  expect(contents(warmPath, { ...append, userId: "eve" })).toBeUndefined();
  expect(contents(warmPath, { ...append, parentId: "a1" })).toEqual(whole);
});

it("A request whose key has come before is not taken for a new one", async () => {
  const key = { id: "k", route: "POST /chat", key: "mine", fingerprint: "f" };
  const warmPath = await roomAfter("Well?");
  expect(contents(warmPath, { ...TURN, key })).toEqual(whole);
  await finishTurn(warmPath, "Well?");
  expect(contents(warmPath, { ...TURN, key })).toBeUndefined();
  await finishTurn(warmPath, "Well?");
  expect(contents(warmPath, { ...TURN, key: { ...key, isRepeat: false } })).toEqual(whole);
  await finishTurn(warmPath, "Well?");
  const repeat = { ...key, key: "made", isRepeat: true };
  expect(contents(warmPath, { ...TURN, key: repeat })).toBeUndefined();
});

it("A model that reads more history than was read asks Postgres", async () => {
  const wide = { ...model, contextTokens: model.contextTokens * 2 };
  const narrow = { ...model, contextTokens: 20_000 };
  expect((await roomAfter("Well?")).take(TURN, narrow)).toHaveLength(3);
  expect((await roomAfter("Well?")).take(TURN, wide)).toBeUndefined();
});
