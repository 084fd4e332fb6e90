/** Genuine tokens of links in mails and of redirects, which are valid but for something else. */
import { createHash, randomBytes } from "node:crypto";
import type { SignedIn } from "../client.ts";
import { query } from "../postgres.ts";

const newToken = () => randomBytes(32).toString("base64url");
const hashOf = (token: string) => createHash("sha256").update(token).digest("base64url");

export type LinkTokens = Record<"verify" | "reset" | "code", string>;

/** A token to verify the address, one to reset the password, and a code to exchange for tokens. */
export async function linkTokensOf(of: SignedIn): Promise<LinkTokens> {
  const [verify, reset, code] = [newToken(), newToken(), newToken()];
  await insertToken(of, "verify_email", verify);
  await insertToken(of, "reset_password", reset);
  await query(
    "INSERT INTO sign_in_codes (code_hash, user_id, expires_at) VALUES ($1, $2, now() + interval '1 min')",
    [hashOf(code), of.user.id],
  );
  return { verify, reset, code };
}

async function insertToken({ user }: SignedIn, purpose: string, token: string): Promise<void> {
  await query(
    `INSERT INTO email_tokens (id, purpose, user_id, token_hash, email, email_key, created_at, expires_at)
     SELECT $1, $2, id, $3, email, email_key, now(), now() + interval '1 h' FROM users WHERE id = $4`,
    [crypto.randomUUID(), purpose, hashOf(token), user.id],
  );
}
