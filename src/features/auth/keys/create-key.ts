/** Creates an API key. */
import type { z } from "@hono/zod-openapi";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { randomBytes } from "../../../lib/ids.ts";
import type { Principal } from "../../../lib/principal.ts";
import { invalidField } from "../../../lib/problem.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { budgetDetails } from "../../usage/own-budget.ts";
import { confirmIdentity } from "../confirm-identity.ts";
import { keyPrefixOf, toApiKey } from "./key-format.ts";
import { type ApiKeyRow, insertKey } from "./queries.ts";
import type { NewKeyBody } from "./schemas.ts";

/**
 * The row and the key itself, which is not stored. Throws `too_many_keys`, a 422 about the expiry, or why the
 * identity is not confirmed.
 */
export async function createKey(
  deps: Deps,
  principal: Principal,
  body: z.infer<typeof NewKeyBody>,
  client: RequestClient,
): Promise<{ row: ApiKeyRow; key: string }> {
  const now = new Date(deps.clock());
  const expiresAt = readExpiry(body.expires_at, now);
  const { userId, sessionId } = principal;
  const { passwordVersion } = await confirmIdentity(deps, principal, body, client);
  const key = toApiKey(randomBytes(32));
  const { name, scopes } = body;
  const budget = body.budget ?? {};
  const id = deps.newId();
  const secret = { prefix: keyPrefixOf(key), keyHash: await sha256OfText(key) };
  const details = { name, scopes: scopes.join(" "), ...budgetDetails(budget) };
  const row = await insertKey(
    deps.db,
    { id, userId, name, scopes, expiresAt, budget, ...secret, passwordVersion, now },
    {
      id: deps.newId(),
      userId,
      kind: "api_key_created",
      sessionId,
      keyId: id,
      client,
      details,
      now,
    },
  );
  return { row, key };
}

function readExpiry(given: string | null | undefined, now: Date): Date | null {
  if (!given) return null;
  const expiresAt = new Date(given);
  if (expiresAt > now) return expiresAt;
  throw invalidField("/expires_at", "in_past", "The time has passed. Choose one in the future.");
}
