/** Routes that enable and disable the second factor. */
import { clientOf } from "../../../http/client.ts";
import { Done } from "../../../http/fields.ts";
import { createRouter, json, jsonBody, optionalJsonBody, route } from "../../../http/router.ts";
import { stepUpProblems } from "../confirm-identity.ts";
import { beginEnrolment, confirmEnrolment, disableSecondFactor } from "./enrolment.ts";
import {
  Confirmation,
  Enrolment,
  EnrolmentSecret,
  RecoveryCodes,
  SecondFactorRemoval,
} from "./schemas.ts";

const tags = ["Accounts"];

const enrolRoute = route({
  method: "post",
  path: "/auth/totp",
  operationId: "enrolSecondFactor",
  limit: "step_up",
  tags,
  summary: "Enrol an authenticator app as second factor",
  description:
    "Show `otpauth_url` as a QR code, then confirm with a code of the app. Nothing changes before; a new enrolment replaces an unconfirmed one.",
  request: { body: optionalJsonBody(Enrolment) },
  problems: [...stepUpProblems, "second_factor_enabled"],
  responses: { 200: json(EnrolmentSecret, "The secret of the app, shown only once.") },
});

const confirmRoute = route({
  method: "post",
  path: "/auth/totp/confirm",
  operationId: "confirmSecondFactor",
  tags,
  summary: "Enable the second factor",
  description:
    "From now on a sign-in by password, and every change that asks for the password, needs a code.",
  request: { body: jsonBody(Confirmation) },
  problems: ["invalid_code", "too_many_codes", "no_second_factor"],
  responses: {
    200: json(RecoveryCodes, "Ten codes for when the app is lost: each works once, in its place."),
  },
});

const removeRoute = route({
  method: "delete",
  path: "/auth/totp",
  operationId: "disableSecondFactor",
  limit: "step_up",
  tags,
  summary: "Disable the second factor",
  description: "Needs the password, and a code of the app or a recovery code.",
  request: { body: optionalJsonBody(SecondFactorRemoval) },
  problems: [...stepUpProblems, "no_second_factor"],
  responses: { 200: json(Done, "The second factor is disabled.") },
});

export const secondFactorRoutes = createRouter()
  .openapi(enrolRoute, async (c) => {
    const [deps, principal] = [c.get("deps"), c.get("principal")];
    const begun = await beginEnrolment(deps, principal, c.req.valid("json"), clientOf(c));
    return c.json({ secret: begun.secret, otpauth_url: begun.otpauthUrl }, 200);
  })
  .openapi(confirmRoute, async (c) => {
    const { code } = c.req.valid("json");
    const codes = await confirmEnrolment(c.get("deps"), c.get("principal"), code, clientOf(c));
    return c.json({ recovery_codes: codes }, 200);
  })
  .openapi(removeRoute, async (c) => {
    await disableSecondFactor(c.get("deps"), c.get("principal"), c.req.valid("json"), clientOf(c));
    const message = "The second factor is disabled.";
    return c.json({ success: true as const, message, data: {} }, 200);
  });
