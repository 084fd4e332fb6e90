/**
 * Signing a request in: by the bearer token when there is an `Authorization` header, by cookie only
 * when there is none. The token says who it is, without a trip to Postgres.
 */
import type { Context, MiddlewareHandler } from "hono";
import { isAllowedOrigin } from "../../http/cross-origin.ts";
import type { App } from "../../http/router.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { readSessionCookies, setSessionCookies, type TokenPair } from "./cookies.ts";
import { refreshSession } from "./refresh.ts";

const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
const UNCHANGING = new Set(["GET", "HEAD", "OPTIONS"]);

/** The sign-in boundary: what is mounted after it has a principal. */
export const authenticate: MiddlewareHandler<App> = async function authenticate(c, next) {
  const authorization = c.req.header("authorization");
  if (authorization !== undefined) {
    c.set("principal", await byBearer(c, authorization));
    return next();
  }
  const { principal, renewed } = await byCookie(c);
  c.set("principal", principal);
  await next();
  // A handler that ended the session has cleared them.
  if (renewed && !c.res.headers.has("set-cookie")) setSessionCookies(c, renewed);
};

/** Refuses a change that is signed by cookie and comes from a page that is not allowed to make it. */
export function requireAllowedOrigin(c: Context<App>): void {
  if (UNCHANGING.has(c.req.method) || isAllowedOrigin(c)) return;
  throw new Problem("origin_not_allowed");
}

/** The token of an `Authorization` header; undefined where it holds no bearer token. */
export function bearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

async function byBearer(c: Context<App>, authorization: string): Promise<Principal> {
  const token = bearerToken(authorization);
  const claims = token && (await c.get("deps").tokens.readAccess(token));
  if (!claims) throw new Problem("invalid_token");
  return { ...claims, via: "bearer" };
}

/** A browser's session renews itself: once its access token has run out, one trip moves it on. */
async function byCookie(c: Context<App>): Promise<{ principal: Principal; renewed?: TokenPair }> {
  const cookies = readSessionCookies(c);
  if (!cookies) throw new Problem("unauthenticated");
  requireAllowedOrigin(c);
  const claims = cookies.access && (await c.get("deps").tokens.readAccess(cookies.access));
  if (claims) return { principal: { ...claims, via: "cookie" } };
  if (!cookies.refresh) throw new Problem("invalid_token");
  const { userId, sessionId, ...renewed } = await refreshSession(c, cookies.refresh);
  return { principal: { userId, sessionId, via: "cookie" }, renewed };
}
