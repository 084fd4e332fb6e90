/** Everything that has Postgres read text of a user, by name, and its time. */
import { expect, inject } from "vitest";
import { createDb } from "../../src/db/client.ts";
import { findPassages } from "../../src/features/retrieval/find.ts";
import { passagesDelete } from "../../src/features/retrieval/indexing/builds.ts";
import { firstCodePoints } from "../../src/lib/code-points.ts";
import { grow, newChat } from "./chats.ts";
import type { SignedIn } from "./client.ts";
import { type Piece, repeated } from "./hostile-text.ts";
import { indexDocument } from "./indexing.ts";
import { plantFile } from "./planted-files.ts";
import * as postgres from "./postgres.ts";
import * as storage from "./storage.ts";

/** Longer than any takes on a busy machine, where a tenth of it is much. Quadratic work takes longer. */
const MOST_MS = 4_000;
const RUNS = 2;

const LONGEST = { message: 32_000, question: 500, title: 200, titleSearch: 1_000 };

const { query } = postgres;

type Entry = (text: string) => Promise<unknown>;

/** What is too slow for a text that repeats some pieces; empty where nothing is. */
export async function tooSlow(
  entries: Record<string, Entry>,
  from: readonly Piece[],
): Promise<string[]> {
  const text = repeated(from, LONGEST.message);
  const slow: string[] = [];
  for (const [name, read] of Object.entries(entries)) {
    if ((await fastest(() => read(text))) > MOST_MS) slow.push(name);
  }
  return slow;
}

/** Milliseconds; one run is enough where it is quick. */
async function fastest(run: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let left = RUNS; left > 0 && best > MOST_MS; left--) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** In order: searches follow the writes that they search. */
export async function storedEntries(of: SignedIn): Promise<Record<string, Entry>> {
  const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
  const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });
  const chatId = await newChat(of);
  const [messageId] = await grow(chatId, null, ["Something."]);
  const fileId = await plantFile({ ...postgres, ...storage }, of, { hasObject: false });
  await query("UPDATE files SET ingestion_attempt = 1 WHERE id = $1", [fileId]);
  const search = (name: string, value: string) =>
    expectOk(of.get(`${name}${encodeURIComponent(value)}`));
  return {
    "the words of a message": (text) =>
      query("UPDATE messages SET content = $2 WHERE id = $1", [messageId, text]),
    "a search over messages": (text) =>
      search("/search?scope=messages&q=", `a ${firstCodePoints(text, LONGEST.question - 2)}`),
    "a title": (text) =>
      expectOk(
        of.patch(`/chats/${chatId}`, { title: `A${firstCodePoints(text, LONGEST.title - 1)}` }),
      ),
    "a search over titles": (text) =>
      search("/chats?search=", text.slice(0, LONGEST.titleSearch).toWellFormed()),
    "the words of a document": async (text) => {
      for (const statement of passagesDelete(fileId)) await db.execute(statement);
      await query("UPDATE file_pages SET text = $2 WHERE file_id = $1", [fileId, text]);
      await indexDocument(fileId);
    },
    "a search over documents": (text) =>
      search("/search?scope=files&q=", `a ${firstCodePoints(text, LONGEST.question - 2)}`),
    "a question about documents": (text) =>
      findPassages(db, of.user.id, { query: text, fileIds: [fileId], limit: 20 }),
  };
}

async function expectOk(answered: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answered;
  expect(status, JSON.stringify(body)).toBe(200);
}
