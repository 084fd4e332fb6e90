/** Makes passages of a document that a test has written. */
import { inject } from "vitest";
import { createDb } from "../../src/db/client.ts";
import { indexFile } from "../../src/features/retrieval/store.ts";
import { query } from "./postgres.ts";

/** What ingestion does before a file is ready. It stays without vectors, whatever cron another test runs. */
export async function indexDocument(fileId: string): Promise<void> {
  await query("UPDATE files SET embed_due_at = 'infinity' WHERE id = $1", [fileId]);
  const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
  await indexFile(
    { db: createDb({ DATABASE_URL, DATABASE_HTTP_URL }), clock: Date.now },
    { fileId, ingestionAttempt: 1 },
  );
}
