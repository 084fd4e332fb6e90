/** Documents that are cut into passages as the queue does it: by the product's own code. */
import { inject } from "vitest";
import { createDb } from "../../src/db/client.ts";
import { indexFile } from "../../src/features/retrieval/store.ts";
import type { SignedIn } from "./client.ts";
import { readyFile } from "./documents.ts";

const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });

/** A file of these pages whose passages are found; its id. */
export async function indexedFile(of: SignedIn, name: string, pages: string[]): Promise<string> {
  const fileId = await readyFile(of, name, pages);
  await indexFile({ db }, { fileId, run: 1 });
  return fileId;
}
