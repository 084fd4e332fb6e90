/** The responses that hold tokens. */
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { setSessionCookies, type TokenPair } from "./cookies.ts";
import { toUser } from "./schemas.ts";
import type { SignedInUser } from "./sign-in.ts";
import { ACCESS_TTL_SECONDS } from "./tokens.ts";

/** The body of a sign-in; sets the session cookies, too. */
export function signInResponse(c: Context<App>, signedIn: SignedInUser, message: string) {
  setSessionCookies(c, signedIn.tokens);
  return signedInBody(signedIn, message);
}

/** The same without cookies. */
export function signedInBody({ user, tokens }: SignedInUser, message: string) {
  const data = { user_id: user.id };
  return { success: true as const, message, user: toUser(user), data, ...tokenFields(tokens) };
}

export function tokenFields({ access, refresh }: TokenPair) {
  return {
    access_token: access,
    token_type: "bearer" as const,
    expires_in: ACCESS_TTL_SECONDS,
    refresh_token: refresh,
  };
}
