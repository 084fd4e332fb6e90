/** Routes for registration, sign-in, refresh and sign-out. */
import type { Context } from "hono";
import { clientOf } from "../../http/client.ts";
import { Done } from "../../http/fields.ts";
import {
  type App,
  createRouter,
  json,
  jsonBody,
  optionalJsonBody,
  route,
} from "../../http/router.ts";
import { requireHttps } from "../../http/https.ts";
import { Problem } from "../../lib/problem.ts";
import { bearerToken, requireAllowedOrigin } from "./authenticate.ts";
import { clearSessionCookies, readSessionCookies, setSessionCookies } from "./cookies.ts";
import { requirePasswordSignIn } from "./password-sign-in.ts";
import { recordFailedSignIn } from "./failed-sign-ins.ts";
import { refreshSession } from "./refresh.ts";
import { enqueueMails } from "./mails/enqueue.ts";
import { GivenRefreshToken, Login, Register, Renewed, SignedIn } from "./schemas.ts";
import type { UserRow } from "./queries.ts";
import { notifyRooms, type SessionChat } from "./session-end.ts";
import { endSession } from "./sessions/queries.ts";
import { login, register } from "./sign-in.ts";
import { signInResponse, tokenFields } from "./sign-in-response.ts";
import { ACCESS_TTL_SECONDS, type AccessClaims } from "./tokens.ts";
import { limitSignIn } from "./limit-sign-in.ts";
import { rememberDevice } from "./known-device.ts";

const tags = ["Accounts"];

const registerRoute = route({
  method: "post",
  path: "/auth/register",
  operationId: "signUp",
  open: true,
  limit: "mail",
  tags,
  summary: "Create an account and sign in",
  description:
    "Responds with the tokens of a session, and sets them as cookies. An address that already has an account is refused with `email_taken`.",
  request: { body: jsonBody(Register) },
  problems: [
    "email_taken",
    "too_many_password_checks",
    "password_sign_in_off",
    "database_unavailable",
  ],
  responses: { 201: json(SignedIn, "The account, its tokens, and the session cookies.") },
});

const loginRoute = route({
  method: "post",
  path: "/auth/login",
  operationId: "signIn",
  open: true,
  tags,
  summary: "Sign in",
  request: { body: jsonBody(Login) },
  description:
    "Where the account has a second factor, 401 `second_factor_required` has a `challenge` for POST /auth/login/totp.",
  problems: [
    "invalid_credentials",
    "second_factor_required",
    "too_many_password_checks",
    "password_sign_in_off",
    "limiter_unavailable",
    "database_unavailable",
  ],
  responses: { 200: json(SignedIn, "The account, its tokens, and the session cookies.") },
});

const refreshRoute = route({
  method: "post",
  path: "/auth/refresh",
  operationId: "refreshSession",
  open: true,
  tags,
  summary: "Renew the session",
  description:
    "With `refresh_token` the response contains a new pair of tokens. Without it the session cookies are renewed, and the response contains no token.",
  request: { body: optionalJsonBody(GivenRefreshToken) },
  problems: ["unauthenticated", "invalid_token", "origin_not_allowed", "database_unavailable"],
  responses: {
    200: json(Renewed, "New tokens, or a renewed cookie."),
  },
});

const logoutRoute = route({
  method: "post",
  path: "/auth/logout",
  operationId: "signOut",
  open: true,
  tags,
  summary: "End the session",
  description: "Public and always successful, even if the session has already ended.",
  request: { body: optionalJsonBody(GivenRefreshToken) },
  problems: ["origin_not_allowed", "database_unavailable"],
  responses: {
    200: json(Done, "The session has ended; the cookies that were sent are cleared."),
  },
});

export const authRoutes = createRouter()
  .openapi(registerRoute, async (c) => {
    requireHttps(c);
    requirePasswordSignIn(c.get("deps"));
    const signedIn = await register(c.get("deps"), c.req.valid("json"), clientOf(c));
    enqueueMails(c, signedIn.mailId);
    await rememberDevice(c, signedIn.user.email);
    return c.json(signInResponse(c, signedIn, "Welcome."), 201);
  })
  .openapi(loginRoute, async (c) => {
    requireHttps(c);
    requirePasswordSignIn(c.get("deps"));
    const given = c.req.valid("json");
    const onFailed = (user: UserRow) => c.executionCtx.waitUntil(recordFailedSignIn(c, user));
    const signedIn = await limitSignIn(c, given.email, () =>
      login(c.get("deps"), given, clientOf(c), onFailed),
    );
    return c.json(signInResponse(c, signedIn, "Welcome back."), 200);
  })
  .openapi(refreshRoute, async (c) => {
    const given = c.req.valid("json").refresh_token;
    if (typeof given === "string") return c.json(tokenFields(await refreshSession(c, given)), 200);
    setSessionCookies(c, await refreshSession(c, cookieRefreshToken(c)));
    return c.json({ expires_in: ACCESS_TTL_SECONDS }, 200);
  })
  .openapi(logoutRoute, async (c) => {
    const claims = await findSession(c, c.req.valid("json").refresh_token ?? undefined);
    if (claims) notifyRooms(c, await signOut(c, claims));
    // A form of another site is sent without them, and a browser would obey the response all the same.
    if (readSessionCookies(c)) clearSessionCookies(c);
    return c.json({ success: true as const, message: "Signed out.", data: {} }, 200);
  });

/** A bearer token takes precedence over the cookie, although it cannot renew a session. */
function cookieRefreshToken(c: Context<App>): string {
  const isBearer = c.req.header("authorization") !== undefined;
  const cookies = isBearer ? undefined : readSessionCookies(c);
  if (!cookies) throw new Problem("unauthenticated");
  requireAllowedOrigin(c);
  if (!cookies.refresh) throw new Problem("invalid_token");
  return cookies.refresh;
}

/** Ends the session; returns the chats that it may be subscribed to. */
function signOut(c: Context<App>, { userId, sessionId }: AccessClaims): Promise<SessionChat[]> {
  const { db, newId, clock } = c.get("deps");
  return endSession(db, sessionId, {
    id: newId(),
    kind: "signed_out",
    userId,
    sessionId,
    client: clientOf(c),
    now: new Date(clock()),
  });
}

/** The session of the request's token, expired or not, from the body, the header or the cookies. */
async function findSession(c: Context<App>, given?: string): Promise<AccessClaims | undefined> {
  const { tokens } = c.get("deps");
  if (given !== undefined) return tokens.readRefresh(given);
  const authorization = c.req.header("authorization");
  if (authorization !== undefined) {
    return tokens.readExpiredAccess(bearerToken(authorization) ?? "");
  }
  const cookies = readSessionCookies(c);
  if (!cookies) return undefined;
  requireAllowedOrigin(c);
  const claims = await tokens.readRefresh(cookies.refresh ?? "");
  return claims ?? tokens.readExpiredAccess(cookies.access ?? "");
}
