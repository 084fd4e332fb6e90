/** Routes of the signed-in account. */
import { clientOf } from "../../http/client.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { clearSessionCookies } from "../auth/cookies.ts";
import { enqueueMails } from "../auth/mails/enqueue.ts";
import { getUser } from "../auth/queries.ts";
import { stepUpProblems } from "../auth/confirm-identity.ts";
import { forgetDevice } from "../auth/known-device.ts";
import { AccountDeletion, toUser, User, UserChange } from "../auth/schemas.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { changeAccount } from "./change.ts";
import { eraseAccount } from "./erase.ts";

const tags = ["Accounts"];

const readMe = route({
  method: "get",
  path: "/users/me",
  scope: "read",
  tags,
  summary: "Get your account",
  responses: { 200: json(User, "The account.") },
});

const changeMe = route({
  method: "patch",
  path: "/users/me",
  limit: "step_up",
  tags,
  summary: "Change your name or e-mail address",
  description:
    "A new address takes effect once it is verified by the link of a mail; until then the old one stays valid. The old one is told. The current address withdraws a pending one.",
  request: { body: jsonBody(UserChange) },
  problems: stepUpProblems,
  responses: { 200: json(User, "The account as it is now.") },
});

const eraseMe = route({
  method: "delete",
  path: "/users/me",
  limit: "step_up",
  tags,
  summary: "Delete your account",
  description:
    "Permanently deletes the account with every chat, message and file. Running answers are stopped; streams, sockets and sessions end. A retry responds with 401 `invalid_token`, because the account no longer exists.",
  request: { body: jsonBody(AccountDeletion) },
  problems: stepUpProblems,
  responses: { 204: { description: "The account was deleted and the cookies are cleared." } },
});

export const userRoutes = createRouter()
  .openapi(readMe, async (c) => {
    const { db } = c.get("deps");
    return c.json(toUser(await getUser(db, c.get("principal").userId)), 200);
  })
  .openapi(changeMe, async (c) => {
    const { name, email, current_password: password, code } = c.req.valid("json");
    const proof = { password, code, passwordField: "current_password" };
    const wanted = { ...(name && { name }), ...(email && { email }), proof };
    const { user, mailIds } = await changeAccount(
      c.get("deps"),
      c.get("principal"),
      wanted,
      clientOf(c),
    );
    enqueueMails(c, ...mailIds);
    return c.json(toUser(user), 200);
  })
  .openapi(eraseMe, async (c) => {
    const proof = c.req.valid("json");
    const left = await eraseAccount(c.get("deps"), c.get("principal"), proof, clientOf(c));
    c.executionCtx.waitUntil(eraseNow(c, left));
    clearSessionCookies(c);
    forgetDevice(c);
    return c.body(null, 204);
  });
