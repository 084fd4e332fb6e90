/** Links an identity to the account that is signed in. */
import { clientOf } from "../../../http/client.ts";
import { createRouter, json, optionalJsonBody, route } from "../../../http/router.ts";
import { confirmIdentity, stepUpProblems } from "../confirm-identity.ts";
import { readReturnTo, requireOidc, startFlow } from "./flow.ts";
import { AuthorizationUrl, IdentityLink } from "./schemas.ts";

const linkRoute = route({
  method: "post",
  path: "/auth/oidc/link",
  operationId: "linkOidcIdentity",
  limit: "step_up",
  tags: ["Accounts"],
  summary: "Link an identity of the identity provider",
  description:
    "Afterwards that identity signs in to this account. Open `authorization_url` in the browser that has sent the request, within 10 minutes: it goes on to `return_to`, with an `error` where the identity could not be linked.",
  request: { body: optionalJsonBody(IdentityLink) },
  problems: [
    ...stepUpProblems,
    "identity_provider_failed",
    "identity_provider_unavailable",
    "oidc_not_configured",
  ],
  responses: { 200: json(AuthorizationUrl, "Where the person signs in.") },
});

export const identityLinkRoutes = createRouter().openapi(linkRoute, async (c) => {
  requireOidc(c);
  const { password, code, return_to: given } = c.req.valid("json");
  const returnTo = readReturnTo(c, given, { pointer: "/return_to" });
  const { userId, sessionId } = c.get("principal");
  const principal = { userId, sessionId };
  await confirmIdentity(c.get("deps"), principal, { password, code }, clientOf(c));
  const url = await startFlow(c, { returnTo, mode: "cookie", link: principal });
  return c.json({ authorization_url: url }, 200);
});
