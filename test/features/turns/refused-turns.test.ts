/** A refusal in a chat does not affect its running turn. */
import { beforeAll, describe, expect, it } from "vitest";
import { stream } from "../../support/branches.ts";
import { newChat } from "../../support/chats.ts";
import { type ApiResponse, type SignedIn, signUp } from "../../support/client.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent } from "../../support/sse.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

const NOBODYS = "018f0000-0000-7000-8000-000000000000";

/** A first turn at the moment of a request to its chat. */
type Turn = {
  chatId: string;
  content: string;
  userMessageId: string;
  answerId: string;
  key: string;
};

type Attempt = (turn: Turn) => Promise<Pick<ApiResponse, "status">>;

/**
 * Runs the first turn of a chat, whose title comes last; returns the events that its client is sent.
 * `meanwhile` runs after the event of that name.
 */
async function titledTurn(
  after: "content_delta" | "ai_message_complete",
  meanwhile: (turn: Turn) => Promise<void>,
): Promise<StreamEvent[]> {
  const [chatId, key] = [await newChat(ada), newKey()];
  const answer = await script({ kind: "answer", tokens: ["First ", "last."], holdAfter: 1 });
  const title = await script({ kind: "title", holdAfter: 0 });
  const content = `${answer} ${title}`;
  const response = await sendFirst({ chatId, content, key });
  const events: StreamEvent[] = [];
  for await (const event of readEvents(response)) {
    events.push(event);
    const isFirst = events.filter(({ name }) => name === event.name).length === 1;
    if (isFirst && event.name === after) await meanwhile(toTurn(events, { chatId, content, key }));
    if (isFirst && event.name === "content_delta") await release(answer);
    if (event.name === "ai_message_complete") await release(title);
  }
  return events;
}

function sendFirst({ chatId, content, key }: Omit<Turn, "userMessageId" | "answerId">) {
  return stream(ada, "POST", `/chats/${chatId}/messages/stream`, { content }, withKey(key));
}

function toTurn(events: StreamEvent[], known: Pick<Turn, "chatId" | "content" | "key">): Turn {
  const of = (name: string) => events.find((event) => event.name === name)?.data;
  return {
    ...known,
    userMessageId: of("user_message").message.id,
    answerId: of("ai_message_start").message_id,
  };
}

/** Both are complete: the stream has the title, which is the chat's. */
async function expectWhole(events: StreamEvent[], { chatId }: Pick<Turn, "chatId">): Promise<void> {
  const names = events.map(({ name }) => name).filter((name) => name !== "content_delta");
  expect(names).toEqual([
    "user_message",
    "ai_message_start",
    "ai_message_complete",
    "chat_name",
    "stream_complete",
  ]);
  const { message } = events.find(({ name }) => name === "ai_message_complete")?.data ?? {};
  expect(message).toMatchObject({ content: "First last.", status: "complete" });
  const chat = await ada.get(`/chats/${chatId}`);
  expect(chat.body.title).toBe(events.at(-2)?.data.name);
  expect(chat.body).toMatchObject({ auto_title: false, message_count: 2 });
}

const MOMENTS = ["content_delta", "ai_message_complete"] as const;

const BY_A_STRANGER: Record<string, Attempt> = {
  "sends to the chat": ({ chatId }) => eve.post(`/chats/${chatId}/messages`, { content: "Hm?" }),
  "sends to the chat, streaming": ({ chatId }) =>
    eve.post(`/chats/${chatId}/messages/stream`, { content: "Hm?" }),
  "sends to the chat with the owner's key": ({ chatId, content, key }) =>
    eve.post(`/chats/${chatId}/messages/stream`, { content }, withKey(key)),
  "sends to the chat by /chat": ({ chatId }) =>
    eve.post("/chat", { chat_id: chatId, content: "Hm?" }),
  "sends to the chat with a file": ({ chatId }) =>
    eve.post(`/chats/${chatId}/messages`, { content: "Hm?", file_ids: [NOBODYS] }),
  "edits the user message": ({ userMessageId }) =>
    eve.patch(`/messages/${userMessageId}`, { content: "Hm?" }),
  "regenerates the answer": ({ answerId }) => eve.post(`/messages/${answerId}/regenerate`, {}),
  "stops the answer": ({ chatId }) => eve.post(`/chats/${chatId}/stop`, {}),
  "stops the answer by its id": ({ chatId, answerId }) =>
    eve.post(`/chats/${chatId}/stop`, { message_id: answerId }),
  "reads the stream": ({ chatId }) => eve.get(`/chats/${chatId}/stream`),
  "resumes the stream": ({ chatId }) => eve.get(`/chats/${chatId}/stream?after=1`),
  "requests a socket ticket": ({ chatId }) => eve.post("/ws/tickets", { chat_id: chatId }),
  "adds a message": ({ chatId }) =>
    eve.post("/messages", { chat_id: chatId, type: "user", content: "Hm." }),
  "renames the chat": ({ chatId }) => eve.patch(`/chats/${chatId}`, { title: "Mine" }),
  "has the chat named": ({ chatId }) => eve.post(`/chats/${chatId}/name`, {}),
  "deletes the chat": ({ chatId }) => eve.delete(`/chats/${chatId}`),
};

describe.each(MOMENTS)("after %s, the owner's turn is unaffected when another user", (at) => {
  it.each(Object.entries(BY_A_STRANGER))("%s", async (_what, attempt) => {
    let of: Turn | undefined;
    const events = await titledTurn(at, async (turn) => {
      of = turn;
      expect((await attempt(turn)).status).toBe(404);
    });
    await expectWhole(events, of ?? { chatId: "" });
  });
});

const BY_THE_OWNER: Record<string, Attempt> = {
  "attaches a missing file": ({ chatId }) =>
    ada.post(`/chats/${chatId}/messages`, { content: "Hm?", file_ids: [NOBODYS] }),
  "edits a missing message": () => ada.patch(`/messages/${NOBODYS}`, { content: "Hm?" }),
  "regenerates a missing answer": () => ada.post(`/messages/${NOBODYS}/regenerate`, {}),
  "reuses a key for another body": ({ chatId, key }) =>
    ada.post(`/chats/${chatId}/messages/stream`, { content: "Hm?" }, withKey(key)),
};

describe.each(MOMENTS)("after %s, the turn continues when its owner is refused, who", (at) => {
  it.each(Object.entries(BY_THE_OWNER))("%s", async (_what, attempt) => {
    let of: Turn | undefined;
    const events = await titledTurn(at, async (turn) => {
      of = turn;
      expect((await attempt(turn)).status).toBeGreaterThanOrEqual(400);
    });
    await expectWhole(events, of ?? { chatId: "" });
  });
});

it("A second message during an answer is refused, every time, and does not cost the answer its title", async () => {
  let of: Turn | undefined;
  const events = await titledTurn("content_delta", async (turn) => {
    of = turn;
    const again = withKey(newKey());
    for (const headers of [{}, again, again]) {
      const path = `/chats/${turn.chatId}/messages/stream`;
      const { status, body } = await ada.post(path, { content: "And?" }, headers);
      expect([status, body.message_id]).toEqual([409, turn.answerId]);
    }
  });
  await expectWhole(events, of ?? { chatId: "" });
});

it("A repeated request that returns the same answer does not cost it its title", async () => {
  let of: Turn | undefined;
  let repeat: Promise<StreamEvent[]> | undefined;
  const events = await titledTurn("ai_message_complete", async (turn) => {
    of = turn;
    const response = await sendFirst(turn);
    expect(response.headers.get("idempotent-replayed")).toBe("true");
    repeat = allEvents(response);
  });
  await expectWhole(events, of ?? { chatId: "" });
  expect(await repeat).toEqual(events);
});
