import { afterAll, beforeAll, expect, it } from "vitest";
import { askedChat, type Asked, ended, pathOf, regenerate } from "../../support/branches.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { isReplayed, newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { allEvents, readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ flush_ms: 20, watchdog_ms: 1_000 });
  [ada, server] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
});
afterAll(() => server.close());

/** The Worker that is killed; the other one only observes. */
function call(method: string, path: string, body: object = {}, headers = {}): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${ada.accessToken}`,
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

type Crashed = Asked & { last: number; crashed: Body };

/** A branch whose room is killed after its first words; returns what became of its answer. */
async function crashedBranch(branch: (asked: Asked) => Promise<Response>): Promise<Crashed> {
  const asked = await askedChat(ada);
  const tokens = ["One ", "two ", "three."];
  await script({ tokens, tokenDelayMs: 60, holdAfter: 2, times: 1 }, asked.marker);
  const events = readEvents(await branch(asked));
  let last = 0;
  for (let seen = ""; !seen.endsWith("two ");) {
    const { value } = await events.next();
    last = value?.id ?? last;
    seen += value?.data.content ?? "";
  }
  await server.crash();
  await events.next().catch(() => undefined);
  return { ...asked, last, crashed: await ended(ada, asked.chatId) };
}

const regenerating =
  (key = newKey()) =>
  ({ answer }: Asked) =>
    call("POST", `/messages/${answer.id}/regenerate`, { stream: true }, withKey(key));

it("A crash in mid-regeneration leaves it interrupted beside the old answer, and billed once", async () => {
  const { chatId, userMessage, answer, crashed } = await crashedBranch(regenerating());
  expect(crashed).toMatchObject({
    parent_id: userMessage.id,
    status: "interrupted",
    sibling_ids: [answer.id, crashed.id],
    sibling_count: 2,
  });
  expect("One two three.".startsWith(crashed.content)).toBe(true);
  const usage = "SELECT estimated FROM ai_usage WHERE message_id = $1";
  expect(await query(usage, [crashed.id])).toEqual([{ estimated: "t" }]);
  const [old] = await query("SELECT content, status FROM messages WHERE id = $1", [answer.id]);
  expect(old).toEqual({ content: answer.content, status: "complete" });
  expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(3);
});

it("An interrupted answer can be regenerated, and its user message edited", async () => {
  const { chatId, userMessage, answer, crashed } = await crashedBranch(regenerating());
  const again = await until(async () => {
    const response = await call("POST", `/messages/${crashed.id}/regenerate`);
    return response.status === 200 && response.json();
  });
  expect(again.ai_response.sibling_ids).toEqual([answer.id, crashed.id, again.ai_response.id]);
  const edited = await call("PATCH", `/messages/${userMessage.id}`, { content: "Otherwise?" });
  const { user_message: asked, ai_response: given } = await edited.json();
  expect(asked.sibling_ids).toEqual([userMessage.id, asked.id]);
  expect(await pathOf(ada, chatId)).toEqual([asked.id, given.id]);
});

it("A subscriber of a regeneration receives the stored text after a crash, under the same answer's id", async () => {
  const { chatId, userMessage, answer, last } = await crashedBranch(regenerating());
  const headers = { "last-event-id": String(last), authorization: `Bearer ${ada.accessToken}` };
  const rest = await until(async () => {
    const response = await fetch(`${server.url}/chats/${chatId}/stream`, { headers });
    return response.status === 200 && allEvents(response);
  });
  const { message } = rest.at(-2)?.data ?? {};
  expect(message).toMatchObject({ status: "interrupted", parent_id: userMessage.id });
  expect(message.sibling_ids).toEqual([answer.id, message.id]);
  expect(Math.min(...rest.map(({ id }) => id))).toBeGreaterThan(last);
});

it("A regeneration repeated after a crash returns the outcome of the first, and begins nothing", async () => {
  const key = newKey();
  const asked = await crashedBranch(regenerating(key));
  const again = await until(async () => {
    const response = await regenerating(key)(asked).catch(() => undefined);
    return response && isReplayed(response) && response;
  });
  const events = await allEvents(again);
  expect(events[0]?.data.message).toEqual(asked.userMessage);
  expect(events.at(-2)?.data.message).toMatchObject({
    id: asked.crashed.id,
    status: "interrupted",
  });
  expect((await ada.get(`/chats/${asked.chatId}`)).body.message_count).toBe(3);
});

it("A crash during the answer to an edited message leaves both branches", async () => {
  const { chatId, userMessage, answer, crashed } = await crashedBranch(
    ({ userMessage: { id }, marker }) =>
      call("PATCH", `/messages/${id}`, { content: `Otherwise? ${marker}`, stream: true }),
  );
  const [edited] = (await ada.get(`/chats/${chatId}/messages`)).body;
  expect(edited).toMatchObject({ parent_id: null, sibling_ids: [userMessage.id, edited.id] });
  expect(crashed).toMatchObject({ parent_id: edited.id, status: "interrupted", sibling_count: 1 });
  await ada.patch(`/chats/${chatId}`, { current_message_id: userMessage.id });
  expect(await pathOf(ada, chatId)).toEqual([userMessage.id, answer.id]);
  const { status } = await regenerate(ada, crashed.id);
  expect(status).toBe(200);
});
