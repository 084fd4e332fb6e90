/**
 * Which database a bucket belongs to, written down in the bucket itself. Two environments that share a
 * bucket by mistake, such as a branch of the database, would else take each other's objects for orphans.
 */
import { sha256Hex } from "../../../clients/storage/checksum.ts";
import type { Deps } from "../../../deps.ts";
import { encodeUtf8 } from "../../../lib/bytes.ts";

/** Outside of what is swept. */
const KEY = "indifly/database";

/** Nothing may be deleted by what this database does not know. */
class BucketOfAnotherDatabase extends Error {
  constructor() {
    super("the bucket is marked as another database's, or holds what this one does not know");
    this.name = "BucketOfAnotherDatabase";
  }
}

/**
 * Throws unless the bucket is this database's. One that is nobody's is taken, if it agrees with the
 * database as far as that was looked at.
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

/** Whoever connects, and through whatever pooler: the same database. */
function databaseOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return hostname.replace("-pooler.", ".") + pathname;
}
