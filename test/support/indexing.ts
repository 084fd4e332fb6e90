/** Makes passages of a document that a test has written. */
import { inject } from "vitest";
import { createDb } from "../../src/db/client.ts";
import { indexFile } from "../../src/features/retrieval/store.ts";

/** What ingestion does before a file is ready. */
export async function indexDocument(fileId: string): Promise<void> {
  const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
  await indexFile(
    { db: createDb({ DATABASE_URL, DATABASE_HTTP_URL }) },
    { fileId, ingestionAttempt: 1 },
  );
}
