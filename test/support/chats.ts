/** Chats for tests: with branches, long, or with a running answer. */
import type { SignedIn } from "./client.ts";
import { query } from "./postgres.ts";
import { release, script } from "./provider.ts";
import { readEvents } from "./sse.ts";

/** Creates an empty chat; returns its id. */
export async function newChat(of: SignedIn, body: object = {}): Promise<string> {
  return (await of.post("/chats", body)).body.id;
}

/** Stores a message through the API; returns its id. */
export async function say(of: SignedIn, chatId: string, content: string): Promise<string> {
  const { body } = await of.post("/messages", { chat_id: chatId, type: "user", content });
  return body.id;
}

/**
 * Writes a line of messages below a parent straight into the database, as editing and regenerating do, a
 * thousand at once where needed. Returns their ids, oldest first; the chat's current message stays.
 */
export async function grow(
  chatId: string,
  parentId: string | null,
  contents: string[],
  startedAt = Date.now(),
): Promise<string[]> {
  const rows = contents.map((content, index) => ({
    id: crypto.randomUUID(),
    content,
    type: index % 2 === 0 ? "user" : "bot",
    at: new Date(startedAt + index).toISOString(),
  }));
  const lines = rows.map((row, index) => ({ ...row, parent: rows[index - 1]?.id ?? parentId }));
  await query(
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     SELECT r.id, $1::uuid, r.parent, r.type, r.content, 'complete', r.at
     FROM json_to_recordset($2::json) AS r (id uuid, parent uuid, type text, content text, at timestamptz)`,
    [chatId, JSON.stringify(lines)],
  );
  return rows.map((row) => row.id);
}

/** A chat with a path of this many messages, "message 1" being the oldest. */
export async function chatOf(of: SignedIn, count: number): Promise<{ id: string; path: string[] }> {
  const id = await newChat(of);
  const contents = Array.from({ length: count }, (_, index) => `message ${index + 1}`);
  const path = await grow(id, null, contents);
  await query(
    "UPDATE chats SET current_message_id = $2, message_count = $3, version = version + 1 WHERE id = $1",
    [id, path.at(-1) ?? null, count],
  );
  return { id, path };
}

export type RunningTurn = {
  chatId: string;
  userMessageId: string;
  answerId: string;
  /** Releases the provider. */
  finish(): Promise<void>;
  /** The names of the remaining events. */
  rest(): Promise<string[]>;
};

/** A turn whose answer has begun, and waits for the test. */
export async function runningTurn(of: SignedIn, chatId?: string): Promise<RunningTurn> {
  const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
  const body = { content: marker, stream: true, ...(chatId && { chat_id: chatId }) };
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const events = readEvents(await of.fetch("/chat", init));
  const { message } = (await events.next()).value?.data ?? {};
  const { message_id: answerId } = (await events.next()).value?.data ?? {};
  return {
    chatId: message.chat_id,
    userMessageId: message.id,
    answerId,
    finish: () => release(marker),
    rest: async () => {
      const names: string[] = [];
      for await (const event of events) names.push(event.name);
      return names;
    },
  };
}

/**
 * Messages of a chat that has an owner. The rows of a deleted one have none, and wait for the cron to purge
 * them.
 */
export function ownedMessages(chatId: string): Promise<Record<string, unknown>[]> {
  const sql = `
    SELECT m.id, m.status FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.chat_id = $1 AND chats.user_id IS NOT NULL`;
  return query(sql, [chatId]);
}
