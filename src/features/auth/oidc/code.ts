/** Single-use codes, by which API clients get the tokens of a sign-in through the browser. */
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { newSecret } from "../../../lib/ids.ts";
import { Problem } from "../../../lib/problem.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { getUser } from "../queries.ts";
import { openSession, type SignedInUser } from "../sign-in.ts";
import { insertCode, useCode } from "./queries.ts";

export const CODE_TTL_SECONDS = 60;

/** A code for the account, bound to the client's verifier where it gave a challenge; stored as hash. */
export async function issueCode(
  { db, clock }: Deps,
  userId: string,
  codeChallenge: string | undefined,
): Promise<string> {
  const code = newSecret();
  const now = new Date(clock());
  const expiresAt = new Date(now.getTime() + CODE_TTL_SECONDS * 1000);
  const codeHash = await sha256OfText(code);
  await insertCode(db, { codeHash, userId, codeChallenge, expiresAt, now });
  return code;
}

/** Signs in. Throws `invalid_sign_in_code`, or `account_deactivated`. */
export async function exchangeCode(
  deps: Deps,
  { code, verifier }: { code: string; verifier: string | undefined },
  client: RequestClient,
): Promise<SignedInUser> {
  const challenge = verifier === undefined ? null : await sha256OfText(verifier);
  const use = { useId: deps.newId(), now: new Date(deps.clock()) };
  const userId = await useCode(deps.db, { codeHash: await sha256OfText(code), challenge, ...use });
  if (userId === undefined) throw new Problem("invalid_sign_in_code");
  const user = await getUser(deps.db, userId);
  if (!user.isActive) throw new Problem("account_deactivated");
  return openSession(deps, user, client, "oidc");
}
