/** Chats that are too long to be written through the API. */
import type { SignedIn } from "./client.ts";
import type { SeenDatabase } from "./postgres.ts";

/**
 * Writes a line of messages into an empty chat, without the triggers that would take most of the time.
 * Their ids are in random order, as those of an older system may be; message n has the id of its number.
 */
export async function fillChat(
  { query }: Pick<SeenDatabase, "query">,
  of: SignedIn,
  chatId: string,
  count: number,
): Promise<void> {
  await query("ALTER TABLE messages DISABLE TRIGGER ALL");
  await query(
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     SELECT md5($1::text || n)::uuid, $1::text::uuid, CASE WHEN n > 1 THEN md5($1::text || (n - 1))::uuid END,
       CASE WHEN n % 2 = 1 THEN 'user' ELSE 'bot' END, 'Clause ' || n, 'complete', now()
     FROM generate_series(1, $2::int) AS n`,
    [chatId, count],
  );
  await query("ALTER TABLE messages ENABLE TRIGGER ALL");
  await query(
    `INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
     SELECT id, $2::uuid, chat_id, created_at, 'clause' FROM messages WHERE chat_id = $1`,
    [chatId, of.user.id],
  );
  await query(
    `UPDATE chats SET current_message_id = md5($1::text || $2::int)::uuid, message_count = $2::int
     WHERE id = $1::text::uuid`,
    [chatId, count],
  );
}
