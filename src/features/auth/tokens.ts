/**
 * The access and refresh tokens of a session: JWTs with separate keys, so that one is never accepted as
 * the other. The only file that knows jose.
 *
 * @see RFC 9068 JWT Profile for OAuth 2.0 Access Tokens (`at+jwt`), RFC 8725 JWT Best Practices
 */
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { encodeUtf8, toBase64Url } from "../../lib/bytes.ts";
import { sha256 } from "../../lib/sha256.ts";
import { isId } from "../../lib/ids.ts";
import type { Clock } from "../../lib/clock.ts";

const ALGORITHM = "HS256";
const ISSUER = "indifly";
const AUDIENCE = "indifly-api";

/** The accepted clock skew between two machines. */
const TOLERANCE_SECONDS = 5;

export const ACCESS_TTL_SECONDS = 15 * 60;
export const SESSION_TTL_SECONDS = 30 * 24 * 60 * 60;

export type AccessClaims = { userId: string; sessionId: string };
/** `refreshCounter` counts the rotations of the session's refresh token. */
type RefreshClaims = AccessClaims & { refreshCounter: number };

export type Tokens = {
  issueAccess(claims: AccessClaims): Promise<string>;
  issueRefresh(claims: RefreshClaims): Promise<string>;
  /** The claims; undefined for anything but a valid token of this kind. */
  readAccess(token: string): Promise<AccessClaims | undefined>;
  readRefresh(token: string): Promise<RefreshClaims | undefined>;
  /** The claims of an access token that may have expired: use them only to end its session. */
  readExpiredAccess(token: string): Promise<AccessClaims | undefined>;
};

type Kind = { type: string; purpose: string; ttlSeconds: number };
type Key = { id: string; key: CryptoKey };

const ACCESS: Kind = { type: "at+jwt", purpose: "access token", ttlSeconds: ACCESS_TTL_SECONDS };
const REFRESH: Kind = { type: "rt+jwt", purpose: "refresh token", ttlSeconds: SESSION_TTL_SECONDS };

/** Signs and verifies tokens. Keys are derived from the secret on first use. */
export function createTokens(secret: string, clock: Clock): Tokens {
  const access = once(() => deriveKey(secret, ACCESS.purpose));
  const refresh = once(() => deriveKey(secret, REFRESH.purpose));
  return {
    issueAccess: async (claims) => sign(ACCESS, await access(), claims, {}, clock),
    issueRefresh: async ({ refreshCounter, ...claims }) =>
      sign(REFRESH, await refresh(), claims, { gen: refreshCounter }, clock),
    readAccess: async (token) => toClaims(await verify(ACCESS, await access(), token, clock)),
    readRefresh: async (token) =>
      toRefreshClaims(await verify(REFRESH, await refresh(), token, clock)),
    readExpiredAccess: async (token) =>
      toClaims(await verify(ACCESS, await access(), token, clock, { expired: true })),
  };
}

function sign(
  kind: Kind,
  { id, key }: Key,
  { userId, sessionId }: AccessClaims,
  extra: Record<string, unknown>,
  clock: Clock,
): Promise<string> {
  const issuedAt = Math.floor(clock() / 1000);
  return new SignJWT({ sid: sessionId, ...extra })
    .setProtectedHeader({ alg: ALGORITHM, typ: kind.type, kid: id })
    .setSubject(userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + kind.ttlSeconds)
    .sign(key);
}

async function verify(
  kind: Kind,
  { id, key }: Key,
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
    return protectedHeader.kid === id ? payload : undefined;
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

/** An integer that still fits a Postgres `integer` after an increment. */
function isCounter(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31 - 1;
}

/** HKDF-SHA256 (RFC 5869): one key per purpose from one secret; its id is a hash of the key. */
async function deriveKey(secret: string, purpose: string): Promise<Key> {
  const input = await crypto.subtle.importKey("raw", encodeUtf8(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: encodeUtf8("indifly"), info: encodeUtf8(purpose) },
    input,
    256,
  );
  const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return { id: toBase64Url((await sha256(bits)).slice(0, 6)), key };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
