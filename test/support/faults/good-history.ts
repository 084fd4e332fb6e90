/** A correct history, for a test to corrupt: of one chat, one user message and its answer. */
import type { Call, History, MessageRow, SeenEvent, Sums, UsageRow } from "./history.ts";

export const CHAT = "chat-1";
export const ANSWER = { id: "a1", type: "bot", status: "complete", content: "Yes, no." };

export const row = (
  id: string,
  parentId: string | null,
  more: Partial<MessageRow> = {},
): MessageRow => ({
  id,
  chat_id: CHAT,
  parent_id: parentId,
  type: "user",
  status: "complete",
  content: id,
  usage: null,
  ...more,
});

export const event = (id: number, name: string, data: object = {}): SeenEvent => ({
  id,
  name,
  data,
});

export const call = (more: Partial<Call>): Call => ({
  kind: "send",
  chatId: CHAT,
  startedAt: 0,
  endedAt: 1,
  status: 200,
  ...more,
});

/** A failed turn, as a JSON response. */
export const failed = (ids: object) =>
  call({ status: 502, body: { code: "ai_unavailable", chat_id: CHAT, ...ids } });

/** A call at the rates of a cheap model. */
export const usageRow = (more: Partial<UsageRow> = {}): UsageRow => ({
  chat_id: CHAT,
  message_id: "a1",
  kind: "answer",
  attempt: 1,
  prompt: 20,
  completion: 3,
  cached: 0,
  reasoning: 0,
  cost: "4800000",
  rates: { prompt: 150_000, completion: 600_000 },
  estimated: false,
  ...more,
});

/** The same in all tables, each of which a test may change alone. */
const allSums = (sums: Sums): History["rows"]["sums"] => ({
  usage_days: { ...sums },
  usage_sums: { ...sums },
  usage_totals: { ...sums },
});

/** One call, in all tables. */
const sumsOf = (cost: string): History["rows"]["sums"] => {
  const sums = { calls: 1, tokens: 23, cost, unpriced: 0 };
  return allSums(sums);
};

/** All is deleted, and nothing was ever paid. */
export const noRows = (): History["rows"] => {
  const sums = { calls: 0, tokens: 0, cost: "0", unpriced: 0 };
  return { chats: [], messages: [], usage: [], reserved: [], sums: allSums(sums) };
};

/** One streamed message, resumed by another subscriber, and listed: all correct. */
export function goodHistory() {
  const userMessage = { id: "q1", chat_id: CHAT, content: "q1" };
  const events = [
    event(1, "user_message", { message: userMessage }),
    event(2, "ai_message_start", { message_id: "a1" }),
    event(3, "content_delta", { content: "Yes, " }),
    event(4, "content_delta", { content: "no." }),
    event(5, "ai_message_complete", { message: ANSWER }),
    event(6, "stream_complete"),
  ];
  const paid = { prompt: 20, completion: 3, cost: "4800000" };
  const answer = row("a1", "q1", { type: "bot", content: "Yes, no.", usage: paid });
  const messages = [row("q1", null), answer];
  const stream = call({ key: "k", content: "q1", events, end: "closed" });
  const resumed = call({ kind: "resume", after: 3, events: events.slice(3), end: "closed" });
  const again = call({ kind: "resume", after: 1, events: events.slice(1), end: "closed" });
  const read = call({ kind: "read", startedAt: 5, endedAt: 6, body: messages });
  const chat = { id: CHAT, current_message_id: "a1", message_count: 2 };
  return {
    stream,
    resumed,
    again,
    read,
    events,
    chat,
    history: {
      calls: [stream, resumed, again, read],
      crashes: [],
      unanswered: [],
      asked: ["q1"],
      counted: [{ kind: "answer", prompt: 20, completion: 3 }],
      uncertain: 0,
      rows: { ...noRows(), chats: [chat], messages, usage: [usageRow()], sums: sumsOf(paid.cost) },
      views: [{ chatId: CHAT, status: 200, body: { messages } }],
    } as History,
  };
}

export type Good = ReturnType<typeof goodHistory>;

/** What a room emits of a lost turn whose end it cannot read from Postgres; it knows a part of the text. */
export const leftUnsure = (good: Good, code: string, content: string) => {
  afterCrash(good, 3);
  const message = { ...ANSWER, status: "interrupted", content };
  const emitted = [
    event(1_004, "turn_error", { code }),
    event(1_005, "ai_message_complete", { message }),
  ];
  for (const call of [good.stream, good.resumed, good.again]) {
    const before = call.events?.filter(({ id }) => id < 4) ?? [];
    call.events = [...before, ...emitted, event(1_006, "stream_complete")];
  }
};

/** Turns the events from an index on into those after a crash, under ids far above. */
export const afterCrash = (good: Good, from: number) => {
  good.history.crashes.push(1);
  for (const seen of good.events.slice(from)) seen.id += 1_000;
};
