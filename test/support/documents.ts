/** Documents as the queue leaves them once they were read, written straight into the database. */
import { newId } from "../../src/lib/ids.ts";
import { codePointLength } from "../../src/lib/text.ts";
import type { SignedIn } from "./client.ts";
import { query } from "./postgres.ts";

/** A file of these pages; its id. */
export async function readyFile(of: SignedIn, name: string, pages: string[]): Promise<string> {
  const id = newId();
  await query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
       processed, page_count, text_length, created_at, run)
     VALUES ($1::uuid, $2, $3, 'files/' || $1::uuid, '/files/' || $1::uuid || '/content', 1, 'text/plain', 'ready',
       true, $4, $5, now(), 1)`,
    [id, of.user.id, name, pages.length, codePointLength(pages.join(""))],
  );
  let start = 0;
  for (const [part, text] of pages.entries()) {
    const end = start + codePointLength(text);
    const row = [id, part, part + 1, start, end, text];
    await query("INSERT INTO file_pages VALUES ($1, $2, $3, $4, $5, $6, '[]')", row);
    start = end;
  }
  return id;
}

/** Notes that a file was asked about in a chat. */
export async function attach(chatId: string, fileId: string): Promise<void> {
  await query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [chatId, fileId]);
}
