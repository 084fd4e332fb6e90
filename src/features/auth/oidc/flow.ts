/**
 * A sign-in through the identity provider, in a cookie of its own between the two requests of the browser:
 * several tabs may sign in at once, and a response belongs to the browser that has asked for it.
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { OidcClient } from "../../../clients/oidc.ts";
import type { App } from "../../../http/router.ts";
import { newSecret } from "../../../lib/ids.ts";
import { invalidField, Problem } from "../../../lib/problem.ts";
import { parseReturnTo } from "./return-to.ts";
import { OIDC_FLOW_TTL_SECONDS, type OidcFlow } from "../sealed-boxes.ts";

type Purpose = Omit<OidcFlow, "state" | "nonce" | "verifier">;

/** Sign-ins that were started and given up stay until they expire; a browser sends every cookie. */
const MOST_FLOWS = 5;

const NAME = "oidc_";
const NAME_LENGTH = 16;

/** The URL of the provider to which the browser is sent; sets the cookie. */
export async function startFlow(c: Context<App>, purpose: Purpose): Promise<string> {
  const oidc = requireOidc(c);
  const flow = { ...purpose, state: newSecret(), nonce: newSecret(), verifier: newSecret() };
  const url = await oidc.authorizationUrl(redirectUri(c), flow);
  const { prefix, attributes } = settings(c);
  for (const name of oldFlows(c, prefix)) deleteCookie(c, name, attributes);
  const sealed = await c.get("deps").sealedBoxes.oidcFlow.issue(flow);
  const maxAge = OIDC_FLOW_TTL_SECONDS;
  setCookie(c, prefix + nameOfState(flow.state), sealed, { ...attributes, maxAge });
  return url;
}

/** The flow of the state, once: clears its cookie. Throws `sign_in_expired` where the browser has none. */
export async function takeFlow(c: Context<App>, state: string): Promise<OidcFlow> {
  const { prefix, attributes } = settings(c);
  const name = prefix + nameOfState(state);
  const sealed = getCookie(c, name);
  if (sealed === undefined) throw new Problem("sign_in_expired");
  deleteCookie(c, name, attributes);
  const flow = await c.get("deps").sealedBoxes.oidcFlow.read(sealed);
  if (flow?.state !== state) throw new Problem("sign_in_expired");
  return flow;
}

/** The provider's client. Throws `oidc_not_configured`. */
export function requireOidc(c: Context<App>): OidcClient {
  const { oidc } = c.get("deps");
  if (!oidc) throw new Problem("oidc_not_configured");
  return oidc;
}

/** To be registered at the provider. */
export function redirectUri(c: Context<App>): string {
  return new URL("/auth/oidc/callback", c.req.url).href;
}

/** The browser sends the cookie with the redirect from the provider, because that is a navigation: Lax. */
function settings(c: Context<App>) {
  const secure = new URL(c.req.url).protocol === "https:";
  const attributes = { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
  return { prefix: secure ? `__Host-${NAME}` : NAME, attributes };
}

function nameOfState(state: string): string {
  return state.slice(0, NAME_LENGTH).replace(/[^\w-]/g, "");
}

/** The oldest first, which is how browsers send them (RFC 6265 section 5.4). */
function oldFlows(c: Context<App>, prefix: string): string[] {
  const names = Object.keys(getCookie(c)).filter((name) => name.startsWith(prefix));
  return names.slice(0, Math.max(0, names.length - MOST_FLOWS + 1));
}

/** Where the browser goes after the flow; `pointer` names the field. Throws a 422 for what is not allowed. */
export function readReturnTo(
  c: Context<App>,
  given: string | null | undefined,
  { pointer, loopback = false }: { pointer: string; loopback?: boolean },
): string | undefined {
  if (given === undefined || given === null) return undefined;
  const own = new URL(c.req.url).origin;
  const origins = c.get("deps").config.ALLOWED_ORIGINS;
  const returnTo = parseReturnTo(given, { own, origins, loopback });
  if (returnTo !== undefined) return returnTo;
  throw invalidField(
    pointer,
    "not_allowed",
    "This is no own path, and no page of an allowed origin.",
  );
}
