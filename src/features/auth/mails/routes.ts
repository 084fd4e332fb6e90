/** Routes about the verification of e-mail addresses. */
import { z } from "@hono/zod-openapi";
import { batch } from "../../../db/client.ts";
import { clientOf } from "../../../http/client.ts";
import { Done } from "../../../http/fields.ts";
import { requireHttps } from "../../../http/https.ts";
import { createRouter, json, jsonBody, route } from "../../../http/router.ts";
import { MailToken } from "../schemas.ts";
import { enqueueMails } from "./enqueue.ts";
import { orderIfConfigured } from "./orders.ts";
import { verifyEmail } from "./verify.ts";

const tags = ["Accounts"];

const verify = route({
  method: "post",
  path: "/auth/email/verify",
  operationId: "verifyEmail",
  open: true,
  tags,
  summary: "Verify your e-mail address",
  description:
    "Takes the token of the link in the mail, from the fragment `#verify_email=`. A pending address replaces the current one.",
  request: { body: jsonBody(z.strictObject({ token: MailToken }).openapi("EmailVerification")) },
  problems: ["invalid_link", "email_taken", "database_unavailable"],
  responses: { 200: json(Done, "The address is verified.") },
});

const resend = route({
  method: "post",
  path: "/auth/email/verify/resend",
  operationId: "resendVerificationMail",
  limit: "mail",
  tags,
  summary: "Send the verification mail again",
  description:
    "Sends it to the pending address, or to the current one unless it is verified. An account gets at most five an hour.",
  responses: {
    202: json(Done, "If there is an address to verify, a mail will arrive."),
  },
});

/** Needs no sign-in: the token is the proof. */
export const verificationRoutes = createRouter().openapi(verify, async (c) => {
  requireHttps(c);
  await verifyEmail(c.get("deps"), c.req.valid("json").token, clientOf(c));
  return c.json(
    { success: true as const, message: "Your e-mail address is verified.", data: {} },
    200,
  );
});

export const resendRoutes = createRouter().openapi(resend, async (c) => {
  const deps = c.get("deps");
  const now = new Date(deps.clock());
  const { userId } = c.get("principal");
  const mail = orderIfConfigured(deps, { kind: "verify_email", userId, now });
  if (mail.statements.length > 0) await batch(deps.db, { mail: mail.statements });
  enqueueMails(c, mail.id);
  return c.json({ success: true as const, message: "A mail is on its way.", data: {} }, 202);
});
