/** The OpenAPI 3.1 document, generated from the routes. */
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { version } from "../../package.json";
import { operationsOf, shareParts } from "./openapi-parts.ts";
import { ProblemSchema, sharedResponses } from "./problem-docs.ts";
import { type App, BY_KEY, BY_SESSION } from "./router.ts";
import { allResponses } from "./route-responses.ts";

const DESCRIPTION = `A headless AI chat backend for legal assistance.

**Authentication.** API clients send \`Authorization: Bearer <access_token>\` and refresh it with \
\`POST /auth/refresh\`. Browsers may send the session cookies instead; a change that is authenticated by cookie \
must come from an allowed \`Origin\`. Pages of any origin may call with a token. Programs send an API key (\`POST /auth/keys\`) as the bearer token, on the routes \
of its scopes.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\` and a \`request_id\`.

**Retries.** A call that creates or generates takes an \`Idempotency-Key\`: for 24 hours the same key and body \
return the first response again (\`Idempotent-Replayed: true\`), or join its stream while the answer is generated; \
another body is refused. A refused request does not use up its key; a failed answer does.

**Limits.** A response that a limit governs has \`RateLimit\` and \`RateLimit-Policy\` \
(draft-ietf-httpapi-ratelimit-headers). Over a limit it is 429 \`rate_limited\` with \`Retry-After\`.

**Ids** are UUIDs, **times** ISO 8601 UTC with milliseconds, **lengths** are counted in Unicode code points. \
Unknown body fields are refused, except under \`/v1\`; unknown query parameters are ignored.`;

const STREAMS = `Ask, and read the answer while it is generated.

**Streams** are server-sent events, in this order: \`user_message\`, \`ai_message_start\`, any number of \
\`reasoning_delta\` and \`content_delta\`, \`citations\` and \`error\` where there are any, \`ai_message_complete\`, \
\`chat_name\` where the chat gets a title, and \`stream_complete\`, always and last. Each has an \`id\` to resume from and \
one line of JSON that repeats its \`type\`, a \`TurnEvent\`, at most 4 KiB in all: a part of a message that would be longer is \
null there, with \`content_length\`. The name of an \`error\` event is \`turn_error\`, because a browser's \
\`EventSource\` reserves \`error\` for failures of the connection. The \`content\` of \`reasoning_delta\` is the model's \
reasoning before the answer, and no part of it. A \`citations\` event holds some of the answer's citations, each a \
\`Citation\`; a quote that is too long for an event is null there, with its \`quote_length\`. Disconnecting does not stop the \
answer.

An answer about documents that are still being processed waits for them, two minutes at most; it then ends with the \
error \`file_not_ready\`, or with \`file_failed\` where one of them cannot be read.`;

const TAGS = [
  { name: "Accounts", description: "Sign up, in and out, and manage the account." },
  { name: "Answers", description: STREAMS },
  { name: "AI SDK", description: "The same answers for `useChat` of the AI SDK, unchanged." },
  { name: "OpenAI", description: "What clients of OpenAI's API call." },
  { name: "Chats", description: "Manage conversations: trees of messages with one active path." },
  { name: "Messages", description: "Read and rate messages." },
  { name: "Files", description: "Upload documents, read their text and analyse them." },
  { name: "Search", description: "Search messages and documents." },
  { name: "Usage", description: "What calls to AI providers used and cost, and the budgets." },
  {
    name: "Administration",
    description: "For administrators: accounts, the usage and the events of all.",
  },
  { name: "System", description: "Health and the API description." },
];

/** `identifier` is new in OpenAPI 3.1. */
const LICENSE = { name: "Proprietary", identifier: "LicenseRef-Proprietary" };

type Document = ReturnType<OpenAPIHono<App>["getOpenAPI31Document"]>;

/** The document of an app, and of more schemas by their names: those that only its texts name. */
export function describeApi(app: OpenAPIHono<App>, more: Record<string, z.ZodType>): Document {
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
  for (const [name, schema] of Object.entries(more)) registry.register(name, schema);
  for (const definition of registry.definitions) {
    if (definition.type !== "route") continue;
    definition.route.responses = allResponses(definition.route.responses);
  }
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Indifly AI Chat Backend",
      version,
      description: DESCRIPTION,
      contact: { name: "Indifly" },
      license: LICENSE,
    },
    servers: [{ url: "/", description: "This server" }],
    tags: TAGS,
    security: [...BY_SESSION, BY_KEY],
  });
  shareParts(document);
  addSharedResponses(document);
  sortByTag(document);
  return document;
}

/** Adds the shared responses of problems that an operation refers to. */
function addSharedResponses(document: Document): void {
  const used = new Set(
    operationsOf(document).flatMap(({ responses = {} }) =>
      Object.values(responses).flatMap((response) =>
        "$ref" in response ? [response.$ref.split("/").at(-1)] : [],
      ),
    ),
  );
  const shared = Object.entries(sharedResponses()).filter(([name]) => used.has(name));
  document.components = { ...document.components, responses: Object.fromEntries(shared) };
}

/** Who reads the document from its start reads how to sign up first. */
function sortByTag(document: Document): void {
  const order = TAGS.map(({ name }) => name);
  const positionOf = (path: Operations) =>
    Math.min(...Object.values(path).map(({ tags: [tag = ""] = [] }) => order.indexOf(tag)));
  const paths = Object.entries(document.paths ?? {});
  document.paths = Object.fromEntries(
    paths.toSorted(([, a], [, b]) => positionOf(a) - positionOf(b)),
  );
}

type Operations = NonNullable<Document["paths"]>[string];
