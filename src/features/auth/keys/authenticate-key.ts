/**
 * Authenticates a request by its API key: one trip to Postgres, and no cache, so that a revoked key is refused
 * from the next request on.
 */
import type { Context } from "hono";
import type { App } from "../../../http/router.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { isApiKey } from "./key-format.ts";
import { findLiveKey, saveKeyUse } from "./queries.ts";

/** Throws `invalid_token` for a key that is mistyped, unknown, expired, revoked, or of a disabled account. */
export async function authenticateKey(c: Context<App>, key: string): Promise<Principal> {
  const { db, clock } = c.get("deps");
  const now = new Date(clock());
  const found = isApiKey(key) ? await findLiveKey(db, await sha256OfText(key), now) : undefined;
  if (!found) throw new Problem("invalid_token");
  c.executionCtx.waitUntil(saveKeyUse(db, found, now).catch(logNotSaved));
  return { userId: found.user_id, sessionId: found.id, via: "key", scopes: found.scopes };
}

function logNotSaved(error: unknown): void {
  logError("key_use_not_saved", { cause: nameOf(error) });
}
