/** Tokens as the Worker makes them, for times that a test cannot wait for. */
import { createHash, hkdfSync } from "node:crypto";
import { SignJWT } from "jose";
import { inject } from "vitest";
import { query } from "./postgres.ts";
import { createTokens, type Tokens } from "../../src/features/auth/tokens.ts";

/** Tokens as the Worker makes them, at another time or with another secret. */
export function tokensAt(offsetMs: number, secret = inject("vars").SECRET_KEY ?? ""): Tokens {
  return createTokens(secret, () => Date.now() + offsetMs);
}

/** A refresh token of the version before: a JWT. */
export function jwtRefreshToken(
  {
    userId,
    sessionId,
    refreshCounter,
  }: Record<"userId" | "sessionId", string> & {
    refreshCounter: number;
  },
  { secret = inject("vars").SECRET_KEY ?? "", issuedAt = Math.floor(Date.now() / 1000) } = {},
): Promise<string> {
  const key = Buffer.from(hkdfSync("sha256", secret, "indifly", "refresh token", 32));
  const kid = createHash("sha256").update(key).digest().subarray(0, 6).toString("base64url");
  return new SignJWT({ sid: sessionId, gen: refreshCounter })
    .setProtectedHeader({ alg: "HS256", typ: "rt+jwt", kid })
    .setSubject(userId)
    .setIssuer("indifly")
    .setAudience("indifly-api")
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 30 * 24 * 60 * 60)
    .sign(key);
}

/** Moves the last rotation of a user's sessions back, to behind the window in which older tokens are forgiven. */
export async function ageRotation({ user }: { user: { id: string } }): Promise<void> {
  const age = "UPDATE sessions SET rotated_at = rotated_at - interval '11 s' WHERE user_id = $1";
  await query(age, [user.id]);
}
