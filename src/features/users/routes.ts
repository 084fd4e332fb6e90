/** Routes of the signed-in account. */
import { clientOf } from "../../http/client.ts";
import { createRouter, json, optionalJsonBody, route, textHeader } from "../../http/router.ts";
import { clearSessionCookies } from "../auth/cookies.ts";
import { enqueueMails } from "../auth/mails/enqueue.ts";
import { stepUpProblems } from "../auth/confirm-identity.ts";
import { forgetDevice } from "../auth/known-device.ts";
import { AccountDeletion, OwnAccount, toUser, User, UserChange } from "../auth/schemas.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { beginErasure } from "../erasure/begin-erasure.ts";
import { continueErasure } from "../erasure/continue-erasure.ts";
import { changeAccount } from "./change.ts";
import { getOwnAccount } from "./own-account.ts";

const tags = ["Accounts"];

const readMe = route({
  method: "get",
  path: "/users/me",
  operationId: "getOwnAccount",
  scope: "read",
  tags,
  summary: "Get your account",
  description: "The account that the token, the cookie or the API key belongs to.",
  responses: { 200: json(OwnAccount, "The account, and how it signs in.") },
});

const changeMe = route({
  method: "patch",
  path: "/users/me",
  operationId: "updateOwnAccount",
  limit: "step_up",
  tags,
  summary: "Change your name or e-mail address",
  description:
    "A new address takes effect once it is verified by the link of a mail; until then the old one stays valid. The old one is notified. The current address withdraws a pending one.",
  request: { body: optionalJsonBody(UserChange) },
  problems: stepUpProblems,
  responses: { 200: json(User, "The account as it is now.") },
});

const eraseMe = route({
  method: "delete",
  path: "/users/me",
  operationId: "deleteOwnAccount",
  limit: "step_up",
  tags,
  summary: "Delete your account",
  description:
    "Permanently deletes the account with every chat, message and file. From the response on, nothing of it can be reached; running answers are stopped, streams, sockets and sessions end, and its e-mail address can be registered again. What is stored is then erased in portions: the receipt that `Location` names says when nothing is left. A retry responds with 401 `invalid_token`, because the account no longer exists.",
  request: { body: optionalJsonBody(AccountDeletion) },
  problems: stepUpProblems,
  responses: {
    204: {
      description: "The account was deleted and the cookies are cleared.",
      headers: { Location: textHeader("The path of the receipt: `/erasures/{id}`.") },
    },
  },
});

export const userRoutes = createRouter()
  .openapi(readMe, async (c) => {
    return c.json(await getOwnAccount(c.get("deps"), c.get("principal").userId), 200);
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
    const begun = await beginErasure(c.get("deps"), c.get("principal"), proof, clientOf(c));
    c.executionCtx.waitUntil(eraseNow(c, begun.rooms));
    c.executionCtx.waitUntil(continueErasure(c, begun.erasureId));
    clearSessionCookies(c);
    forgetDevice(c);
    return c.body(null, 204, { location: `/erasures/${begun.erasureId}` });
  });
