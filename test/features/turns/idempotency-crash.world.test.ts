import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { isReplayed, newKey, send } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ flush_ms: 20, watchdog_ms: 1_000 });
  [ada, server] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
});
afterAll(() => server.close());

type Turn = { path: string; marker: string; key: string };

const ask = ({ path, marker, key }: Turn, stream: boolean) =>
  send(ada, path, { content: marker, stream }, key, server.url);

/** A turn with a key whose room is killed after its first words. */
async function crash(path: string): Promise<Turn> {
  const tokens = ["One ", "two ", "three."];
  const marker = await script({ kind: "answer", tokens, tokenDelayMs: 60, holdAfter: 2 });
  const turn = { path, marker, key: newKey() };
  const events = readEvents(await ask(turn, true));
  for (let seen = ""; !seen.endsWith("two ");) {
    const { value } = await events.next();
    seen += value?.data.content ?? "";
  }
  await server.crash();
  await events.next().catch(() => undefined);
  return turn;
}

/** The response to a repetition, once the Worker is back. */
function repeat(turn: Turn, stream: boolean): Promise<Response> {
  return until(async () => {
    const response = await ask(turn, stream).catch(() => undefined);
    return response && isReplayed(response) && response;
  });
}

it("A send repeated after a crash returns the outcome of the first, and begins nothing", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const turn = await crash(`/chats/${chatId}/messages`);
  const events = await allEvents(await repeat(turn, true));
  expect(events.slice(-3).map((event) => event.name)).toEqual([
    "turn_error",
    "ai_message_complete",
    "stream_complete",
  ]);
  const { message } = events.at(-2)?.data ?? {};
  expect(message).toMatchObject({ chat_id: chatId, status: "interrupted" });
  expect("One two three.".startsWith(message.content)).toBe(true);
  const again = await repeat(turn, false);
  const problem = await again.json();
  expect([again.status, problem.code]).toEqual([502, "turn_interrupted"]);
  const stored = (await ada.get(`/chats/${chatId}/messages`)).body;
  expect(stored).toHaveLength(2);
  expect(problem).toMatchObject({
    chat_id: chatId,
    user_message_id: stored[0].id,
    message_id: stored[1].id,
  });
  expect(stored[1]).toMatchObject({ id: message.id, content: message.content });
  const usage = await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId]);
  expect(usage).toHaveLength(1);
  expect(await requestsContaining(turn.marker)).toHaveLength(1);
});

it("A send without a chat, repeated after a crash, ends in the chat of the first", async () => {
  const turn = await crash("/chat");
  const again = await repeat(turn, false);
  const problem = await again.json();
  expect([again.status, problem.code]).toEqual([502, "turn_interrupted"]);
  const chats = await query("SELECT chat_id FROM messages WHERE content = $1 AND type = 'user'", [
    turn.marker,
  ]);
  expect(chats).toEqual([{ chat_id: problem.chat_id }]);
});
