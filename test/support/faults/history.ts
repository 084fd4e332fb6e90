/** The history of a small world: all that its clients received, and what exists after it has settled. */

/** JSON that a check inspects. */
export type Json = ReturnType<typeof JSON.parse>;

export type SeenEvent = {
  /** NaN where the stream was rebuilt after its log was deleted. */
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

/** One request of a client, and its outcome. */
export type Call = {
  kind: CallKind;
  /** The chat that the request named; absent where it was to create one. */
  chatId?: string;
  key?: string;
  /** The content: no other message of the world has the same. */
  content?: string;
  /** The event that a stream was resumed from. */
  after?: number;
  startedAt: number;
  endedAt: number;
  /** 0 without a response, -1 where the connection stayed open. */
  status: number;
  /** The response, where it was JSON. */
  body?: Json;
  /** The response, where it was a stream. */
  events?: SeenEvent[];
  /** The server ended the stream, the connection broke, or the client disconnected. */
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
  /** What a client is shown of its cost, in pico-dollars; null for what no model wrote. */
  usage: { prompt: number; completion: number; cost: string | null } | null;
};

/** A call to the provider as the ledger has it; `cost` in pico-dollars. */
export type UsageRow = CountedCall & {
  chat_id: string | null;
  message_id: string | null;
  attempt: number;
  cached: number;
  reasoning: number;
  cost: string | null;
  /** In pico-dollars per token. */
  rates: { prompt: number; completion: number; cached?: number; reasoning?: number } | null;
  estimated: boolean;
};

/** Sums of the ledger; `cost` in pico-dollars. */
export type Sums = { calls: number; tokens: number; cost: string; unpriced: number };

/** The tokens of a call. */
export type CountedCall = { kind: string; prompt: number; completion: number };

/** A chat as the API shows it in the end. */
export type ChatView = { chatId: string; status: number; body: Json };

export type History = {
  /** When a call to Postgres had no response, or an unreadable one. */
  unanswered: number[];
  calls: Call[];
  /** When the process was killed. */
  crashes: number[];
  /** The user message of each request for an answer that reached the provider. */
  asked: string[];
  /** The calls whose tokens the provider may have reported. */
  counted: CountedCall[];
  /** How many calls it may have reported odd numbers of. */
  uncertain: number;
  rows: {
    chats: ChatRow[];
    messages: MessageRow[];
    usage: UsageRow[];
    /** Answers with a reservation. */
    reserved: { message_id: string }[];
    /** By table. */
    sums: Record<"usage_days" | "usage_sums" | "usage_totals", Sums>;
  };
  views: ChatView[];
};

/** An acknowledged message. */
export type Acknowledged = { chatId: string; id: string; content: string; at: number };

/** All acknowledged messages. */
export function acknowledged({ calls }: History): Acknowledged[] {
  return calls.flatMap((call) => {
    const message = userMessageOf(call);
    if (!message) return [];
    return [
      { chatId: message.chat_id, id: message.id, content: message.content, at: call.endedAt },
    ];
  });
}

/** The user message of a 2xx response, or of the first event of a stream. */
export function userMessageOf({ kind, status, body, events }: Call): Json {
  if (kind !== "send" && kind !== "edit") return undefined;
  if (status < 200 || status > 299) return undefined;
  if (events) return events.find((event) => event.name === "user_message")?.data.message;
  return body?.user_message;
}

/** Chats whose deletion was requested, whether they are gone or not. */
export function doomed({ calls }: History): Set<string | undefined> {
  return new Set(calls.filter(({ kind }) => kind === "delete").map(({ chatId }) => chatId));
}

/** Deleted chats; a deletion that failed deleted nothing. */
export function deleted(history: History): Set<string | undefined> {
  const there = new Set<string | undefined>(history.rows.chats.map(({ id }) => id));
  return new Set([...doomed(history)].filter((id) => !there.has(id)));
}

/** The chat of a call, also where the call created it. */
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
