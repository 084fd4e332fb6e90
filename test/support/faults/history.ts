/** What happened in a small world: all that its clients saw, and what is there after it has settled. */

/** JSON that a check looks into. */
export type Json = ReturnType<typeof JSON.parse>;

export type SeenEvent = {
  /** Not a number where the stream was rebuilt after its log was gone. */
  id: number;
  name: string;
  data: Json;
};

export type CallKind =
  | "create"
  | "send"
  | "resume"
  | "read"
  | "regenerate"
  | "edit"
  | "stop"
  | "delete"
  | "stranger";

/** One request of a client, and what came of it. */
export type Call = {
  kind: CallKind;
  /** The chat that the request named; absent where it was to make one. */
  chatId?: string;
  key?: string;
  /** What was said: no other message of the world has the same words. */
  content?: string;
  /** The event that a stream was resumed from. */
  after?: number;
  startedAt: number;
  endedAt: number;
  /** 0 where no answer came, -1 where nobody ever hung up. */
  status: number;
  /** The answer, where it was JSON. */
  body?: Json;
  /** The answer, where it was a stream. */
  events?: SeenEvent[];
  /** The server ended the stream, the connection broke, or the client left. */
  end?: "closed" | "broken" | "left";
};

export type ChatRow = { id: string; current_message_id: string | null; message_count: number };

export type MessageRow = {
  id: string;
  chat_id: string;
  parent_id: string | null;
  type: "user" | "bot";
  content: string;
  status: string;
};

export type UsageRow = { message_id: string | null; kind: string; attempt: number };

/** A chat as the API shows it in the end. */
export type ChatView = { chatId: string; status: number; body: Json };

export type History = {
  /** When a call to Postgres had no answer, or none that can be read. */
  unanswered: number[];
  calls: Call[];
  /** When the process was killed. */
  crashes: number[];
  /** The question of each request for an answer that went out to the provider. */
  asked: string[];
  rows: { chats: ChatRow[]; messages: MessageRow[]; usage: UsageRow[] };
  views: ChatView[];
};

/** A message that a client was told is in. */
export type Acknowledged = { chatId: string; id: string; content: string; at: number };

/** The messages that clients were told are in. */
export function acknowledged({ calls }: History): Acknowledged[] {
  return calls.flatMap((call) => {
    const told = userMessageOf(call);
    if (!told) return [];
    return [{ chatId: told.chat_id, id: told.id, content: told.content, at: call.endedAt }];
  });
}

/** The user's message, as an answer of 2xx or the first event of a stream told it. */
export function userMessageOf({ kind, status, body, events }: Call): Json {
  if (kind !== "send" && kind !== "edit") return undefined;
  if (status < 200 || status > 299) return undefined;
  if (events) return events.find((event) => event.name === "user_message")?.data.message;
  return body?.user_message;
}

/** Chats that somebody asked to delete, whether they are gone or not. */
export function doomed({ calls }: History): Set<string | undefined> {
  return new Set(calls.filter(({ kind }) => kind === "delete").map(({ chatId }) => chatId));
}

/** Chats that are gone as somebody asked; a deletion that failed took nothing with it. */
export function deleted(history: History): Set<string | undefined> {
  const there = new Set<string | undefined>(history.rows.chats.map(({ id }) => id));
  return new Set([...doomed(history)].filter((id) => !there.has(id)));
}

/** The chat that a call was about, also where the call made it. */
export function chatOf(call: Call): string | undefined {
  return call.chatId ?? userMessageOf(call)?.chat_id ?? call.body?.chat_id;
}

/** The events that were seen of each chat, oldest first; each once. */
export function logsOf({ calls }: Pick<History, "calls">): Map<string, SeenEvent[]> {
  const logs = new Map<string, Map<number, SeenEvent>>();
  for (const call of calls) {
    const chatId = chatOf(call);
    if (chatId === undefined) continue;
    const log = logs.get(chatId) ?? new Map<number, SeenEvent>();
    logs.set(chatId, log);
    for (const event of call.events ?? []) if (!Number.isNaN(event.id)) log.set(event.id, event);
  }
  return new Map(
    [...logs].map(([chatId, log]) => [chatId, [...log.values()].toSorted((a, b) => a.id - b.id)]),
  );
}

/** The events of a chat, turn by turn. */
export function turnsOf(log: SeenEvent[]): SeenEvent[][] {
  const turns: SeenEvent[][] = [];
  for (const event of log) {
    const isFirst = turns.at(-1)?.at(-1)?.name === "stream_complete";
    if (event.name === "user_message" || isFirst || turns.length === 0) turns.push([]);
    turns.at(-1)?.push(event);
  }
  return turns;
}
