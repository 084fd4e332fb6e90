/** The OpenAPI 3.1 document, made from the routes themselves. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { version } from "../../package.json";
import { problemExamples, ProblemSchema } from "./problem-docs.ts";
import type { App } from "./router.ts";

const DESCRIPTION = `A headless AI chat backend for legal assistance.

**Signing in.** API clients send \`Authorization: Bearer <access_token>\` and renew it by \
\`POST /auth/refresh\`. Browsers may send the session cookies alone; a change signed by cookie must come from \
an allowed \`Origin\`.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\` and a \`request_id\`.

**Repeating.** A call that creates or generates takes an \`Idempotency-Key\`: for 24 hours the same key and body \
give the first answer again (\`Idempotent-Replayed: true\`), attached to the answer while it is written; another \
body is refused. A refusal uses no key up, a failed answer does.

**Ids** are UUIDs, **times** ISO 8601 UTC with milliseconds, **lengths** are counted in Unicode code points. \
Unknown body fields are refused, unknown query parameters ignored.`;

const TAGS = [
  { name: "Answers", description: "Asking, and reading the answer while it is written." },
  { name: "Chats", description: "Conversations, as a tree of messages with one active path." },
  { name: "Messages", description: "What was said." },
  { name: "Files", description: "Documents: uploaded, read, and asked about." },
  { name: "Search", description: "Finding what was said, and what documents say." },
  { name: "Accounts", description: "Signing up, in, on and out." },
  { name: "System", description: "What the service says of itself." },
];

type Document = ReturnType<OpenAPIHono<App>["getOpenAPI31Document"]>;

/** Makes the document of an app once all of its features are mounted. */
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
    description: "`__Host-access_token` on https. Set by signing in; renewed silently.",
  });
  registry.register("Problem", ProblemSchema);
  for (const { code, example } of problemExamples()) {
    registry.registerComponent("examples", code, example);
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Indifly AI Chat Backend", version, description: DESCRIPTION },
    servers: [{ url: "/", description: "This server" }],
    tags: TAGS,
  });
}
