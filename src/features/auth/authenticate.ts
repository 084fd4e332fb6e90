/**
 * Authenticates a request: by bearer token if there is an `Authorization` header, otherwise by cookie.
 * An access token identifies the user without a trip to Postgres, an API key with one.
 */
import type { Context, MiddlewareHandler } from "hono";
import { isAllowedOrigin } from "../../http/cors.ts";
import type { App } from "../../http/router.ts";
import { isSafeMethod } from "../../http/run-to-end.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { readSessionCookies, setSessionCookies, type TokenPair } from "./cookies.ts";
import { authenticateKey } from "./keys/authenticate-key.ts";
import { refreshSession } from "./refresh.ts";

const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
const API_KEY = /^bearer +(\w+)$/i;

/** The sign-in boundary: every route mounted after it has a principal. The ticket of a socket has signed in before. */
export const authenticate: MiddlewareHandler<App> = async function authenticate(c, next) {
  const byTicket: Principal | undefined = c.get("principal");
  if (byTicket) return next();
  const authorization = c.req.header("authorization") ?? authorizationOfSocket(c);
  if (authorization !== undefined) {
    c.set("principal", await byBearer(c, authorization));
    return next();
  }
  const { principal, renewed } = await byCookie(c);
  c.set("principal", principal);
  await next();
  // A handler that ended the session has cleared the cookies itself.
  if (renewed && !c.res.headers.has("set-cookie")) setSessionCookies(c, renewed);
};

/**
 * Throws `origin_not_allowed` for a change authenticated by cookie from an origin that is not allowed.
 */
export function requireAllowedOrigin(c: Context<App>): void {
  if (isSafeMethod(c.req.method) || isAllowedOrigin(c)) return;
  throw new Problem("origin_not_allowed");
}

/** The token of an `Authorization` header; undefined without a bearer token. */
export function bearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

const SOCKET_TOKEN = /(?:^|,)\s*bearer\.([\w.-]+)/;

/** A browser sends no headers with a socket, but subprotocols: one of them may be `bearer.` and the token. */
function authorizationOfSocket(c: Context<App>): string | undefined {
  const token = SOCKET_TOKEN.exec(c.req.header("sec-websocket-protocol") ?? "")?.[1];
  return token === undefined ? undefined : `Bearer ${token}`;
}

async function byBearer(c: Context<App>, authorization: string): Promise<Principal> {
  const key = API_KEY.exec(authorization)?.[1];
  if (key !== undefined) return authenticateKey(c, key);
  const token = bearerToken(authorization);
  const claims = token && (await c.get("deps").tokens.readAccess(token));
  if (!claims) throw new Problem("invalid_token");
  return { ...claims, via: "bearer" };
}

/** Renews a browser's session when its access token has expired: one trip to Postgres. */
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
