/**
 * The two cookies of a browser client: the access and refresh token of one session. Scripts cannot read
 * them, and no response body contains them.
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { App } from "../../http/router.ts";
import { SESSION_TTL_SECONDS } from "./tokens.ts";

export type TokenPair = { access: string; refresh: string };

/** The names and attributes of cookies. `__Host-` (RFC 6265bis section 4.1.3.2) requires https, which local development does not use. */
export function cookieSettings(c: Context<App>) {
  const secure = new URL(c.req.url).protocol === "https:";
  return {
    access: secure ? "__Host-access_token" : "access_token",
    device: secure ? "__Host-device" : "device",
    refresh: secure ? "__Host-refresh_token" : "refresh_token",
    attributes: { path: "/", httpOnly: true, sameSite: "Lax", secure } as const,
  };
}

/** The tokens in the request's cookies; undefined without any. */
export function readSessionCookies(c: Context<App>): Partial<TokenPair> | undefined {
  const names = cookieSettings(c);
  const access = getCookie(c, names.access);
  const refresh = getCookie(c, names.refresh);
  if (!access && !refresh) return undefined;
  return { ...(access && { access }), ...(refresh && { refresh }) };
}

export function setSessionCookies(c: Context<App>, tokens: TokenPair): void {
  const { access, refresh, attributes } = cookieSettings(c);
  setCookie(c, access, tokens.access, { ...attributes, maxAge: SESSION_TTL_SECONDS });
  setCookie(c, refresh, tokens.refresh, { ...attributes, maxAge: SESSION_TTL_SECONDS });
}

export function clearSessionCookies(c: Context<App>): void {
  const { access, refresh, attributes } = cookieSettings(c);
  deleteCookie(c, access, attributes);
  deleteCookie(c, refresh, attributes);
}
