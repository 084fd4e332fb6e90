/** The browser comes back from the identity provider. */
import type { Context } from "hono";
import { clientOf } from "../../../http/client.ts";
import { toProblem } from "../../../http/problem-response.ts";
import type { App } from "../../../http/router.ts";
import { setSessionCookies } from "../cookies.ts";
import type { OidcFlow } from "../sealed-boxes.ts";
import { rememberDevice } from "../known-device.ts";
import { openSession } from "../sign-in.ts";
import { linkIdentity, openAccount } from "./account.ts";
import { issueCode } from "./code.ts";
import { redirectUri, requireOidc } from "./flow.ts";
import { withParameter } from "./return-to.ts";

/** How the sign-in ends: the browser goes on, or the client gets its code right away. */
type Outcome = { location: string } | { code: string };

/** Completes the flow. What it throws, `toFailure` sends back with the browser. */
export async function completeFlow(
  c: Context<App>,
  flow: OidcFlow,
  parameters: URLSearchParams,
): Promise<Outcome> {
  const deps = c.get("deps");
  const client = clientOf(c);
  const location = flow.returnTo ?? new URL("/", c.req.url).href;
  const identity = await requireOidc(c).identify(parameters, redirectUri(c), flow);
  if (flow.link) {
    await linkIdentity(deps, flow.link, identity, client);
    return { location };
  }
  const user = await openAccount(deps, identity, client);
  if (flow.mode === "cookie") {
    const { tokens } = await openSession(deps, user, client, "oidc");
    setSessionCookies(c, tokens);
    await rememberDevice(c, user.email);
    return { location };
  }
  const code = await issueCode(deps, user.id, flow.codeChallenge);
  return flow.returnTo === undefined
    ? { code }
    : { location: withParameter(location, "code", code) };
}

/**
 * The page that the client asked for, with the code of the problem as `error`. Throws the error where it is a
 * bug, or the client named no page.
 */
export function toFailure(
  c: Context<App>,
  returnTo: string | undefined,
  error: unknown,
): { location: string } {
  const { code } = toProblem(error);
  if (returnTo === undefined || code === "internal_error") throw error;
  c.set("problem", code);
  return { location: withParameter(returnTo, "error", code) };
}
