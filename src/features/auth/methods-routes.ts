/** Route of the ways to sign in, by which a page knows what to offer. */
import { z } from "@hono/zod-openapi";
import { onDemand } from "../../http/on-demand.ts";
import { createRouter, json, route } from "../../http/router.ts";

const SignInMethods = onDemand(() =>
  z
    .object({
      password: z.boolean().openapi({ description: "By a password, and by signing up with one." }),
      oidc: z.boolean().openapi({
        description: "Through the identity provider, at `GET /auth/oidc/start`.",
      }),
      mail: z.boolean().openapi({
        description: "Whether mails are sent: a forgotten password can be reset by one.",
      }),
    })
    .openapi("SignInMethods"),
);

const methods = route({
  method: "get",
  path: "/auth/methods",
  operationId: "listSignInMethods",
  open: true,
  tags: ["Accounts"],
  summary: "List the ways to sign in",
  description: "As this server is configured.",
  responses: { 200: json(SignInMethods, "What the configuration allows.") },
});

export const methodRoutes = createRouter().openapi(methods, (c) => {
  const { config, mail } = c.get("deps");
  const { PASSWORD_SIGN_IN: password, OIDC_ISSUER: issuer } = config;
  return c.json({ password, oidc: issuer !== undefined, mail: mail.isConfigured() }, 200);
});
