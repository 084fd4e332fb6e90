/** The OpenAPI 3.1 document, generated from the routes. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { version } from "../../package.json";
import { ProblemSchema, sharedResponses } from "./problem-docs.ts";
import type { App } from "./router.ts";

const DESCRIPTION = `A headless AI chat backend for legal assistance.

**Authentication.** API clients send \`Authorization: Bearer <access_token>\` and refresh it with \
\`POST /auth/refresh\`. Browsers may send the session cookies instead; a change that is authenticated by cookie \
must come from an allowed \`Origin\`. Programs send an API key (\`POST /auth/keys\`) as the bearer token, on the routes \
of its scopes.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\` and a \`request_id\`.

**Retries.** A call that creates or generates takes an \`Idempotency-Key\`: for 24 hours the same key and body \
return the first response again (\`Idempotent-Replayed: true\`), or join its stream while the answer is generated; \
another body is refused. A refused request does not use up its key; a failed answer does.

**Limits.** A response that a limit governs has \`RateLimit\` and \`RateLimit-Policy\` \
(draft-ietf-httpapi-ratelimit-headers). Over a limit it is 429 \`rate_limited\` with \`Retry-After\`.

**Ids** are UUIDs, **times** ISO 8601 UTC with milliseconds, **lengths** are counted in Unicode code points. \
Unknown body fields are refused, unknown query parameters are ignored.`;

const TAGS = [
  { name: "Answers", description: "Ask, and read the answer while it is generated." },
  { name: "Chats", description: "Manage conversations: trees of messages with one active path." },
  { name: "Messages", description: "Read and rate messages." },
  { name: "Files", description: "Upload documents, read their text and analyse them." },
  { name: "Search", description: "Search messages and documents." },
  { name: "Usage", description: "What calls to AI providers used and cost, and the budgets." },
  { name: "Accounts", description: "Sign up, in and out, and manage the account." },
  {
    name: "Administration",
    description: "For administrators: accounts, the usage and the events of all.",
  },
  { name: "System", description: "Health and the API description." },
];

type Document = ReturnType<OpenAPIHono<App>["getOpenAPI31Document"]>;

/** The document of an app. All of its features must be mounted. */
export function describeApi(app: OpenAPIHono<App>): Document {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  registry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "access_token",
    description: "`__Host-access_token` on https. Set at sign-in; refreshed automatically.",
  });
  registry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "ifk_…",
    description:
      "An API key. Each route names the scopes that serve it; a route without one needs a signed-in person.",
  });
  registry.register("Problem", ProblemSchema);
  for (const [name, response] of Object.entries(sharedResponses())) {
    registry.registerComponent("responses", name, response);
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Indifly AI Chat Backend", version, description: DESCRIPTION },
    servers: [{ url: "/", description: "This server" }],
    tags: TAGS,
  });
}
