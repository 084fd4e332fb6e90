import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askedChat } from "../../support/branches.ts";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { newKey } from "../../support/keys.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

type Sent = { method?: string; path: string; body: object; key?: string };

function send(of: SignedIn, { method = "POST", path, body, key }: Sent, lastId?: number | string) {
  return of.fetch(path, {
    method,
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...(key !== undefined && { "idempotency-key": key }),
      ...(lastId !== undefined && { "last-event-id": String(lastId) }),
    },
    body: JSON.stringify(body),
  });
}

/** The events after one, of a repeated request. */
async function rest(of: SignedIn, sent: Sent, lastId: number): Promise<StreamEvent[]> {
  const response = await send(of, sent, lastId);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return allEvents(response);
}

const answersOf = async (marker: string) =>
  (await requestsContaining(marker)).filter(({ body }) => body.stream).length;

/** The problem of a repeated request, as `expectProblem` takes it. */
async function refusal(of: SignedIn, sent: Sent, lastId: number | string) {
  const response = await send(of, sent, lastId);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Requests that start a turn in a chat, each in one of its own. */
const REQUESTS: [string, (marker: string) => Promise<Sent>][] = [
  [
    "POST /chats/{id}/messages",
    async (content) => ({
      path: `/chats/${await newChat(ada, { auto_title: false })}/messages`,
      body: { content },
    }),
  ],
  [
    "POST /chats/{id}/messages/stream",
    async (content) => ({
      path: `/chats/${await newChat(ada, { auto_title: false })}/messages/stream`,
      body: { content },
    }),
  ],
  [
    "POST /chat with a chat",
    async (content) => ({
      path: "/chat",
      body: { content, chat_id: await newChat(ada, { auto_title: false }) },
    }),
  ],
  [
    "POST /messages/{id}/regenerate",
    async () => {
      const { answer } = await askedChat(ada);
      return { path: `/messages/${answer.id}/regenerate`, body: {} };
    },
  ],
  [
    "PATCH /messages/{id}",
    async (content) => {
      const { userMessage } = await askedChat(ada);
      return { method: "PATCH", path: `/messages/${userMessage.id}`, body: { content } };
    },
  ],
  ["POST /chat without a chat", async (content) => ({ path: "/chat", body: { content } })],
];

describe("a repeated request with the id of the last event", () => {
  it.each(REQUESTS)("gets the rest of the turn and asks nothing: %s", async (_what, prepare) => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two ", "three."] });
    const sent = await prepare(marker);
    const events = await allEvents(await send(ada, sent));
    const { chat_id: chatId } = events[0]?.data.message ?? {};
    const { message_count: count } = (await ada.get(`/chats/${chatId}`)).body;
    const asked = await answersOf(marker);
    for (const [index, { id }] of events.entries()) {
      expect(await rest(ada, sent, id)).toEqual(events.slice(index + 1));
    }
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(count);
    expect(await answersOf(marker)).toBe(asked);
  });

  it("follows a turn that runs, as often as it is cut and from many at once", async () => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
    const sent = { path: "/chat", body: { content: marker, stream: true } };
    const first = readEvents(await send(ada, sent));
    const seen = [(await first.next()).value, (await first.next()).value];
    // Cuts the connection.
    await first.return(undefined);
    const lastId = seen[1]?.id ?? 0;
    const responses = await Promise.all(Array.from({ length: 8 }, () => send(ada, sent, lastId)));
    await release(marker);
    const [one = [], ...others] = await Promise.all(responses.map((each) => allEvents(each)));
    for (const other of others) expect(other).toEqual(one);
    expect(one[0]?.id).toBe(lastId + 1);
    expect(textOf(one)).toBe("One two.");
    expect(one.at(-1)?.name).toBe("stream_complete");
    expect(await answersOf(marker)).toBe(1);
  });

  it("is refused where the chat never had that id", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const chatId = await newChat(ada, { auto_title: false });
    const sent = { path: `/chats/${chatId}/messages`, body: { content: marker, stream: true } };
    for (const id of [1, "0", "-1", "x", "1e3", "9".repeat(20)]) {
      expectProblem(await refusal(ada, sent, id), 400, "unknown_event_id");
    }
    const events = await allEvents(await send(ada, sent));
    const beyond = (events.at(-1)?.id ?? 0) + 10_000;
    expectProblem(await refusal(ada, sent, beyond), 400, "unknown_event_id");
    expect(await answersOf(marker)).toBe(1);
  });

  it("is another user's chat like one that never was", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    const body = { content: "Mine?", stream: true };
    for (const sent of [
      { path: `/chats/${chatId}/messages`, body },
      { path: "/chat", body: { ...body, chat_id: chatId } },
      { path: `/messages/${answer.id}/regenerate`, body: { stream: true } },
      { method: "PATCH", path: `/messages/${userMessage.id}`, body },
    ]) {
      expectProblem(await refusal(eve, sent, 1), 404, "not_found");
    }
  });

  it("streams whatever `stream` says, because only a stream has ids", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const sent = { path: "/chat", body: { content: marker, stream: true } };
    const events = await allEvents(await send(ada, sent));
    const again = { path: "/chat", body: { ...sent.body, chat_id: null, stream: false } };
    expect(await rest(ada, again, events[0]?.id ?? 0)).toEqual(events.slice(1));
  });
});

describe("a repeated request that had created its chat", () => {
  it("is ambiguous where several chats began with the same message", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const sent = { path: "/chat", body: { content: marker } };
    const events = await allEvents(await send(ada, sent));
    await allEvents(await send(ada, sent));
    const id = events[0]?.id ?? 0;
    expectProblem(await refusal(ada, sent, id), 409, "ambiguous_event_id");
    expect(await answersOf(marker)).toBe(2);
    // Another message, or other files or metadata, is another request.
    const file = await newDocument(ada, ["The rent is $1,500."]);
    for (const more of [{ file_ids: [file] }, { metadata: { client: "web" } }]) {
      const other = { path: "/chat", body: { content: marker, ...more } };
      const own = await allEvents(await send(ada, other));
      expect(await rest(ada, other, own[0]?.id ?? 0)).toEqual(own.slice(1));
    }
  });

  it("is found by its key, however many chats began so", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const sent = () => ({ path: "/chat", body: { content: marker }, key: newKey() });
    const [first, second] = [sent(), sent()];
    const events = await allEvents(await send(ada, first));
    const others = await allEvents(await send(ada, second));
    expect(await rest(ada, first, events[1]?.id ?? 0)).toEqual(events.slice(2));
    expect(await rest(ada, second, others[1]?.id ?? 0)).toEqual(others.slice(2));
    expectProblem(await refusal(ada, sent(), 1), 400, "unknown_event_id");
    const changed = { ...first, body: { content: "Other?" } };
    expectProblem(await refusal(ada, changed, 1), 422, "idempotency_key_reused");
    expect(await answersOf(marker)).toBe(2);
  });

  it("finds neither another user's chat, nor a deleted one, nor one that was created empty", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const sent = { path: "/chat", body: { content: marker } };
    const events = await allEvents(await send(ada, sent));
    expectProblem(await refusal(eve, sent, events[0]?.id ?? 0), 400, "unknown_event_id");
    await ada.delete(`/chats/${events[0]?.data.message.chat_id}`);
    expectProblem(await refusal(ada, sent, events[0]?.id ?? 0), 400, "unknown_event_id");
    const chatId = await newChat(ada, { auto_title: false });
    await allEvents(await send(ada, { ...sent, path: `/chats/${chatId}/messages/stream` }));
    expectProblem(await refusal(ada, sent, events[0]?.id ?? 0), 400, "unknown_event_id");
    expect(await answersOf(marker)).toBe(2);
  });
});

describe("after the log of a turn is deleted, a repeated request with an id", () => {
  let worker: FastWorker;
  beforeAll(async () => {
    worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ log_kept_ms: 1 }) });
  });
  afterAll(() => worker.close());

  it("ends at once, and asks nothing", async () => {
    const bob = await signUp("Bob", worker.url);
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const sent = { path: "/chat", body: { content: marker } };
    const events = await allEvents(await send(bob, sent));
    const id = events[0]?.id ?? 0;
    await until(async () => (await rest(bob, sent, id)).length === 0);
    expect(await answersOf(marker)).toBe(1);
  });
});
