/** The signed-in account, and how it signs in and proves who it is. */
import { sql } from "drizzle-orm";
import { batch } from "../../db/client.ts";
import { users } from "../../db/schema.ts";
import type { Deps } from "../../deps.ts";
import type { Shown } from "../../http/on-demand.ts";
import { Problem } from "../../lib/problem.ts";
import { isUser } from "../auth/queries.ts";
import { type OwnAccount, toUser } from "../auth/schemas.ts";

/** Read in one trip. Throws `invalid_token` when the account was deleted. */
export async function getOwnAccount(
  { db, config, oidc }: Deps,
  userId: string,
): Promise<Shown<typeof OwnAccount>> {
  const { found, proofs } = await batch(db, {
    found: db.select().from(users).where(isUser(userId)),
    proofs: sql<{ has_factor: boolean; is_linked: boolean }>`SELECT
      EXISTS (SELECT FROM second_factors
        WHERE user_id = ${userId}::uuid AND confirmed_at IS NOT NULL) AS has_factor,
      EXISTS (SELECT FROM identities WHERE user_id = ${userId}::uuid) AS is_linked`,
  });
  const [user, proof] = [found[0], proofs.rows[0]];
  if (!user || !proof) throw new Problem("invalid_token");
  return {
    ...toUser(user),
    has_password: user.hashedPassword !== null && config.PASSWORD_SIGN_IN,
    has_second_factor: proof.has_factor,
    identity_provider: oidc ? (proof.is_linked ? "linked" : "not_linked") : "not_configured",
  };
}
