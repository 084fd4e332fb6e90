/** Sign-in through the identity provider. */
import { clientOf } from "../../../http/client.ts";
import { requireHttps } from "../../../http/https.ts";
import { createRouter, json, jsonBody, route, textHeader } from "../../../http/router.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import { SignedIn } from "../schemas.ts";
import { signedInBody } from "../sign-in-response.ts";
import { completeFlow, toFailure } from "./callback.ts";
import { CODE_TTL_SECONDS, exchangeCode } from "./code.ts";
import { readReturnTo, startFlow, takeFlow } from "./flow.ts";

import { CallbackQuery, CodeExchange, SignInCode, StartQuery } from "./schemas.ts";

const tags = ["Accounts"];

const providerProblems: ProblemCode[] = [
  "identity_provider_failed",
  "identity_provider_unavailable",
  "oidc_not_configured",
];

const redirect = (description: string) => ({
  description,
  headers: { location: textHeader("Where the browser goes on.") },
});

const startRoute = route({
  method: "get",
  path: "/auth/oidc/start",
  operationId: "startOidcSignIn",
  open: true,
  tags,
  summary: "Sign in through the identity provider",
  description:
    "To be opened in a browser. A failure goes back to `return_to`, where that was given, with its code as `error`.",
  request: { query: StartQuery },
  problems: providerProblems,
  responses: { 302: redirect("Sends the browser to the identity provider.") },
  formats: ["text/html"],
});

const callbackRoute = route({
  method: "get",
  path: "/auth/oidc/callback",
  operationId: "completeOidcSignIn",
  open: true,
  tags,
  summary: "Come back from the identity provider",
  description:
    "The redirect URI to register at the identity provider; it is called by the browser alone.",
  request: { query: CallbackQuery },
  problems: [
    ...providerProblems,
    "sign_in_expired",
    "sign_in_denied",
    "identity_rejected",
    "identity_without_email",
    "account_deactivated",
    "link_required",
    "identity_taken",
    "database_unavailable",
  ],
  responses: {
    200: json(SignInCode, "With `mode=code` and without `return_to`: the code."),
    302: redirect("The session cookies are set, or the location has a `code`, or an `error`."),
  },
  formats: ["text/html"],
});

const exchangeRoute = route({
  method: "post",
  path: "/auth/oidc/exchange",
  operationId: "exchangeOidcCode",
  open: true,
  tags,
  summary: "Exchange the code of a sign-in for tokens",
  description:
    "A code is valid for 60 seconds and once. If the sign-in was started with `code_challenge`, send its `code_verifier`.",
  request: { body: jsonBody(CodeExchange) },
  problems: [
    "invalid_sign_in_code",
    "invalid_token",
    "account_deactivated",
    "database_unavailable",
  ],
  responses: { 200: json(SignedIn, "The account and its tokens; no cookies are set.") },
});

export const oidcRoutes = createRouter()
  .openapi(startRoute, async (c) => {
    requireHttps(c);
    const { return_to: given, mode, code_challenge: codeChallenge } = c.req.valid("query");
    const loopback = mode === "code" && codeChallenge !== undefined;
    const returnTo = readReturnTo(c, given, { pointer: "?return_to", loopback });
    try {
      return c.redirect(await startFlow(c, { returnTo, mode, codeChallenge }), 302);
    } catch (error) {
      return c.redirect(toFailure(c, returnTo, error).location, 302);
    }
  })
  .openapi(callbackRoute, async (c) => {
    requireHttps(c);
    const parameters = new URL(c.req.url).searchParams;
    const flow = await takeFlow(c, parameters.get("state") ?? "");
    const outcome = await completeFlow(c, flow, parameters).catch((error: unknown) =>
      toFailure(c, flow.returnTo, error),
    );
    if ("location" in outcome) return c.redirect(outcome.location, 302);
    return c.json({ code: outcome.code, expires_in: CODE_TTL_SECONDS }, 200);
  })
  .openapi(exchangeRoute, async (c) => {
    requireHttps(c);
    const { code, code_verifier: verifier } = c.req.valid("json");
    const given = { code, verifier: verifier ?? undefined };
    const signedIn = await exchangeCode(c.get("deps"), given, clientOf(c));
    return c.json(signedInBody(signedIn, "Welcome."), 200);
  });
