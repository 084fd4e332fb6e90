/**
 * Marks in the bucket which database it belongs to. Otherwise two environments that share a bucket by
 * mistake, such as a branch of the database, would delete each other's objects as orphans.
 */
import type { Deps } from "../../../deps.ts";
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { sha256Hex } from "../../../lib/sha256.ts";

/** Outside of the swept prefix. */
const KEY = "indifly/database";

/** The sweep must not delete anything in such a bucket. */
class BucketOfAnotherDatabase extends Error {
  constructor() {
    super("the bucket belongs to another database, or has objects that this one does not know");
    this.name = "BucketOfAnotherDatabase";
  }
}

/**
 * Throws unless the bucket belongs to this database. Marks an unmarked bucket if `agrees`: the swept part
 * matches the database.
 */
export async function requireOwnBucket(
  { storage, config }: Pick<Deps, "storage" | "config">,
  agrees: boolean,
): Promise<void> {
  const own = await sha256Hex(encodeUtf8(databaseOf(config.DATABASE_URL)));
  const found = await storage.get(KEY);
  const mark = found && (await new Response(found.body).text());
  if (mark === own) return;
  if (mark !== undefined || !agrees) throw new BucketOfAnotherDatabase();
  const bytes = encodeUtf8(own);
  await storage.put(KEY, bytes, { contentType: "text/plain", sha256: await sha256Hex(bytes) });
}

/** Identifies the database, regardless of user and pooler. */
function databaseOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return hostname.replace("-pooler.", ".") + pathname;
}
