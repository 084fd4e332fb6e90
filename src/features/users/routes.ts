/** Routes of the signed-in account. */
import type { z } from "@hono/zod-openapi";
import type { Deps } from "../../deps.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { toEmailKey } from "../auth/email.ts";
import { clearSessionCookies } from "../auth/cookies.ts";
import { confirmIdentity, type Proof } from "../auth/confirm-identity.ts";
import { changeUser, getUser, type UserRow } from "../auth/queries.ts";
import { AccountDeletion, toUser, User, UserChange } from "../auth/schemas.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { eraseAccount } from "./erase.ts";

type Change = z.infer<typeof UserChange>;

const tags = ["Accounts"];

const readMe = route({
  method: "get",
  path: "/users/me",
  tags,
  summary: "Get your account",
  responses: { 200: json(User, "The account.") },
});

const changeMe = route({
  method: "patch",
  path: "/users/me",
  tags,
  summary: "Change your name or e-mail address",
  description:
    "A new address takes effect once it is verified; until then the old one stays valid.",
  request: { body: jsonBody(UserChange) },
  problems: ["invalid_credentials", "too_many_password_checks"],
  responses: { 200: json(User, "The account as it is now.") },
});

const eraseMe = route({
  method: "delete",
  path: "/users/me",
  tags,
  summary: "Delete your account",
  description:
    "Permanently deletes the account with every chat, message and file. Running answers are stopped; streams, sockets and sessions end. A retry responds with 401 `invalid_token`, because the account no longer exists.",
  request: { body: jsonBody(AccountDeletion) },
  problems: ["invalid_credentials", "too_many_password_checks"],
  responses: { 204: { description: "The account was deleted and the cookies are cleared." } },
});

export const userRoutes = createRouter()
  .openapi(readMe, async (c) => {
    const { db } = c.get("deps");
    return c.json(toUser(await getUser(db, c.get("principal").userId)), 200);
  })
  .openapi(changeMe, async (c) => {
    const { userId } = c.get("principal");
    return c.json(toUser(await change(c.get("deps"), userId, c.req.valid("json"))), 200);
  })
  .openapi(eraseMe, async (c) => {
    const { password } = c.req.valid("json");
    const left = await eraseAccount(c.get("deps"), c.get("principal").userId, password);
    c.executionCtx.waitUntil(eraseNow(c, left));
    clearSessionCookies(c);
    return c.body(null, 204);
  });

async function change(deps: Deps, userId: string, wanted: Change): Promise<UserRow> {
  const { name, email, current_password: password } = wanted;
  if (!name && !email) return getUser(deps.db, userId);
  const changes = {
    ...(name && { name }),
    ...(email && { pendingEmail: await checkEmail(deps, userId, email, { password }) }),
  };
  return changeUser(deps.db, userId, changes, new Date(deps.clock()));
}

/**
 * The address to verify; null if it is the current one. Requires the password, so that a stolen token
 * alone cannot take over the account.
 */
async function checkEmail(deps: Deps, userId: string, email: string, proof: Proof) {
  const user = await confirmIdentity(deps, { userId }, proof);
  return toEmailKey(email) === user.emailKey ? null : email;
}
