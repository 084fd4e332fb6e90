/** Routes about passwords. */
import { batch } from "../../../db/client.ts";
import { clientOf } from "../../../http/client.ts";
import { Done } from "../../../http/fields.ts";
import { requireHttps } from "../../../http/https.ts";
import { createRouter, json, jsonBody, route } from "../../../http/router.ts";
import { toEmailKey } from "../email.ts";
import { enqueueMails } from "../mails/enqueue.ts";
import { orderIfConfigured } from "../mails/orders.ts";
import { stepUpProblems } from "../confirm-identity.ts";
import { requirePasswordSignIn } from "../password-sign-in.ts";
import { ForgottenPassword, PasswordChange, PasswordReset } from "../schemas.ts";
import { notifyRooms } from "../session-end.ts";
import { changePassword } from "./change.ts";
import { resetPassword } from "./reset.ts";

const tags = ["Accounts"];

const change = route({
  method: "post",
  path: "/auth/password",
  operationId: "changePassword",
  limit: "step_up",
  tags,
  summary: "Change your password",
  description:
    "Ends all your other sessions, withdraws a pending e-mail address and an unconfirmed second factor, and voids the links of mails that reset the password.",
  request: { body: jsonBody(PasswordChange) },
  problems: [...stepUpProblems, "password_sign_in_off"],
  responses: { 200: json(Done, "The password was changed.") },
});

const forgot = route({
  method: "post",
  path: "/auth/password/forgot",
  operationId: "requestPasswordReset",
  limit: "mail",
  open: true,
  tags,
  summary: "Ask for a mail to reset your password",
  description:
    "The response is the same whether or not an account has this address. The mail contains a link with a token in its fragment, `#reset_password=`, that can be used once, within an hour. An account gets at most five an hour.",
  request: { body: jsonBody(ForgottenPassword) },
  problems: ["database_unavailable", "password_sign_in_off"],
  responses: {
    202: json(Done, "If an account has this address, a mail will arrive."),
  },
});

const reset = route({
  method: "post",
  path: "/auth/password/reset",
  operationId: "resetPassword",
  open: true,
  tags,
  summary: "Set a new password with the token of a mail",
  description:
    "Ends all sessions and API keys of the account, and withdraws a pending e-mail address and an unconfirmed second factor. Sign in with the new password.",
  request: { body: jsonBody(PasswordReset) },
  problems: [
    "invalid_link",
    "too_many_password_checks",
    "database_unavailable",
    "password_sign_in_off",
  ],
  responses: { 200: json(Done, "The password was changed.") },
});

export const passwordRoutes = createRouter().openapi(change, async (c) => {
  requirePasswordSignIn(c.get("deps"));
  const { current_password: password, code, new_password: newPassword } = c.req.valid("json");
  const proof = { password, code, passwordField: "current_password" };
  const wanted = { proof, newPassword };
  notifyRooms(c, await changePassword(c.get("deps"), c.get("principal"), wanted, clientOf(c)));
  return c.json({ success: true as const, message: "Your password was changed.", data: {} }, 200);
});

/** They need no sign-in. */
export const forgottenPasswordRoutes = createRouter()
  .openapi(forgot, async (c) => {
    const deps = c.get("deps");
    requirePasswordSignIn(deps);
    const emailKey = toEmailKey(c.req.valid("json").email);
    const now = new Date(deps.clock());
    // Whether there is such an account is looked up when the mail is sent: the response does not depend on it.
    const order = { kind: "reset_password", emailKey, client: clientOf(c), now } as const;
    const mail = orderIfConfigured(deps, order);
    if (mail.statements.length > 0) await batch(deps.db, { mail: mail.statements });
    enqueueMails(c, mail.id);
    const message = "If an account has this address, a mail is on its way.";
    return c.json({ success: true as const, message, data: {} }, 202);
  })
  .openapi(reset, async (c) => {
    requireHttps(c);
    requirePasswordSignIn(c.get("deps"));
    const { token, new_password: newPassword } = c.req.valid("json");
    notifyRooms(c, await resetPassword(c.get("deps"), { token, newPassword }, clientOf(c)));
    return c.json({ success: true as const, message: "Your password was changed.", data: {} }, 200);
  });
