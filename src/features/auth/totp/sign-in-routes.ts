/** The second step of a sign-in. */
import { clientOf } from "../../../http/client.ts";
import { requireHttps } from "../../../http/https.ts";
import { createRouter, json, jsonBody, route } from "../../../http/router.ts";
import { limitSignIn } from "../limit-sign-in.ts";
import { requirePasswordSignIn } from "../password-sign-in.ts";
import { SignedIn } from "../schemas.ts";
import { openSession } from "../sign-in.ts";
import { signInResponse } from "../sign-in-response.ts";
import { readChallenge } from "./challenge.ts";
import { checkSecondFactor } from "./check-code.ts";
import { SecondStep } from "./schemas.ts";

const secondStepRoute = route({
  method: "post",
  path: "/auth/login/totp",
  operationId: "signInWithSecondFactor",
  open: true,
  tags: ["Accounts"],
  summary: "Sign in with the second factor",
  description:
    "Continues a sign-in that ended with 401 `second_factor_required`, within 5 minutes: send its `challenge`, and a `code` of the authenticator app or a `recovery_code`. Each code is accepted once. After 10 wrong codes, each further one doubles the wait, up to 15 minutes.",
  request: { body: jsonBody(SecondStep) },
  problems: [
    "invalid_challenge",
    "invalid_code",
    "too_many_codes",
    "limiter_unavailable",
    "password_sign_in_off",
    "database_unavailable",
  ],
  responses: { 200: json(SignedIn, "The account, its tokens, and the session cookies.") },
});

export const secondStepRoutes = createRouter().openapi(secondStepRoute, async (c) => {
  requireHttps(c);
  const deps = c.get("deps");
  requirePasswordSignIn(deps);
  const { challenge, code, recovery_code: recoveryCode } = c.req.valid("json");
  const { user, factor } = await readChallenge(deps, challenge);
  const signedIn = await limitSignIn(c, user.email, async () => {
    await checkSecondFactor(deps, factor, code || recoveryCode, clientOf(c));
    return openSession(deps, user, clientOf(c), "password");
  });
  return c.json(signInResponse(c, signedIn, "Welcome back."), 200);
});
