/**
 * The access and refresh tokens of a session, with separate keys, so that one is never accepted as the other. The
 * only file that knows jose.
 *
 * @see RFC 9068 JWT Profile for OAuth 2.0 Access Tokens (`at+jwt`), RFC 8725 JWT Best Practices
 */
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { toBase64Url } from "../../lib/bytes.ts";
import type { Clock } from "../../lib/clock.ts";
import { type DerivedKey, deriveKey } from "../../lib/derive-key.ts";
import { isId } from "../../lib/ids.ts";
import {
  HIGHEST_COUNTER,
  issueRefreshToken,
  readRefreshToken,
  type RefreshClaims,
} from "./sessions/refresh-token.ts";
import { VerifiedTokens } from "./verified-tokens.ts";

const ALGORITHM = "HS256";
const ISSUER = "indifly";
const AUDIENCE = "indifly-api";

/** The accepted clock skew between two machines. */
const TOLERANCE_SECONDS = 5;

export const ACCESS_TTL_SECONDS = 15 * 60;
export const SESSION_TTL_SECONDS = 30 * 24 * 60 * 60;

export type AccessClaims = { userId: string; sessionId: string };

export type Tokens = {
  issueAccess(claims: AccessClaims): Promise<string>;
  /** The same claims give the same token. */
  issueRefresh(claims: RefreshClaims): Promise<string>;
  /** The claims; undefined for anything but a valid token of this kind. */
  readAccess(token: string): Promise<AccessClaims | undefined>;
  readRefresh(token: string): Promise<RefreshClaims | undefined>;
  /** The claims of an access token that may have expired: use them only to end its session. */
  readExpiredAccess(token: string): Promise<AccessClaims | undefined>;
};

type Kind = { type: string; purpose: string; ttlSeconds: number };

const ACCESS: Kind = { type: "at+jwt", purpose: "access token", ttlSeconds: ACCESS_TTL_SECONDS };
/**
 * The refresh tokens of the version before: signed no longer, and accepted until the last of them has expired, 30 days
 * after the deployment.
 */
const JWT_REFRESH: Kind = {
  type: "rt+jwt",
  purpose: "refresh token",
  ttlSeconds: SESSION_TTL_SECONDS,
};

/** Signs and verifies tokens. Keys are derived from the secret on first use. */
export function createTokens(secret: string, clock: Clock): Tokens {
  const access = once(() => deriveKey(secret, ACCESS.purpose));
  const refresh = once(() => deriveKey(secret, "rotating refresh token"));
  const jwtRefresh = once(() => deriveKey(secret, JWT_REFRESH.purpose));
  const verified = new VerifiedTokens();
  const readAccess = async (token: string) => {
    const known = verified.find(token, Math.floor(clock() / 1000) - TOLERANCE_SECONDS);
    if (known) return known;
    const payload = await verify(ACCESS, await access(), token, clock);
    const claims = toClaims(payload);
    if (claims && payload?.exp !== undefined) verified.keep(token, claims, payload.exp);
    return claims;
  };
  return {
    issueAccess: async (claims) => sign(ACCESS, await access(), claims, clock),
    issueRefresh: async (claims) => issueRefreshToken(await refresh(), claims),
    readAccess,
    readRefresh: async (token) =>
      token.includes(".")
        ? toRefreshClaims(await verify(JWT_REFRESH, await jwtRefresh(), token, clock))
        : readRefreshToken(await refresh(), token),
    readExpiredAccess: async (token) =>
      toClaims(await verify(ACCESS, await access(), token, clock, { expired: true })),
  };
}

function sign(
  kind: Kind,
  { id, key }: DerivedKey,
  { userId, sessionId }: AccessClaims,
  clock: Clock,
): Promise<string> {
  const issuedAt = Math.floor(clock() / 1000);
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: kind.type, kid: toBase64Url(id) })
    .setSubject(userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + kind.ttlSeconds)
    .sign(key);
}

async function verify(
  kind: Kind,
  { id, key }: DerivedKey,
  token: string,
  clock: Clock,
  { expired = false } = {},
): Promise<JWTPayload | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: kind.type,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["sub", "sid", "iat", "exp"],
      // Also refuses a token issued in the future.
      maxTokenAge: kind.ttlSeconds,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(clock()),
    });
    return protectedHeader.kid === toBase64Url(id) ? payload : undefined;
  } catch (error) {
    // jose checks the expiry last: by then signature and type are verified.
    if (expired && error instanceof errors.JWTExpired) return error.payload;
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function toClaims(payload: JWTPayload | undefined): AccessClaims | undefined {
  const { sub, sid } = payload ?? {};
  if (typeof sub !== "string" || typeof sid !== "string") return undefined;
  return isId(sub) && isId(sid) ? { userId: sub, sessionId: sid } : undefined;
}

function toRefreshClaims(payload: JWTPayload | undefined): RefreshClaims | undefined {
  const claims = toClaims(payload);
  if (!claims || !isCounter(payload?.gen)) return undefined;
  return { ...claims, refreshCounter: payload.gen };
}

function isCounter(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= HIGHEST_COUNTER;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
