/** The error format and the catalogue in the OpenAPI document. */
import { type RouteConfig, z } from "@hono/zod-openapi";
import { catalogue, Problem, type ProblemCode } from "../lib/problem.ts";
import { problemDocument } from "./problem-response.ts";

/** A member of text that only some problems have. */
const text = (description: string) => z.string().optional().openapi({ description });

/** Extension members (RFC 9457 section 3.2). */
const members = {
  challenge: text(
    "Of `second_factor_required` at a sign-in: to be sent to `POST /auth/login/totp` with a code.",
  ),
  scope: z.string().nullable().optional().openapi({
    description:
      "Of `insufficient_scope`: the scope that the key lacks; null where no key may call the route.",
  }),
  limit: text("Of `rate_limited`: the limit that was reached."),
  subject: text("Of `budget_exhausted`: whose budget, `user` or `key`."),
  period: text("Of `budget_exhausted`: `day` or `month`."),
  unit: text("Of `budget_exhausted`: `tokens` or `cost`."),
  renews_at: text("Of `budget_exhausted`: when the period ends."),
  retry_after: z
    .int()
    .optional()
    .openapi({ description: "Of `budget_exhausted`: the seconds until then." }),
  chat_id: text("Of an answer that failed: its chat."),
  user_message_id: text("Of an answer that failed: the user message, which is stored."),
  message_id: text("The answer that failed; of `turn_in_progress`, the one that is running."),
  failure: z
    .object({ code: z.string(), detail: z.string() })
    .optional()
    .openapi({ description: "Of `unsupported_file`: why it cannot be read." }),
  variables: z
    .array(z.string())
    .optional()
    .openapi({ description: "Of `misconfigured`: the variables that are invalid." }),
};

/** The component `Problem`, which the responses refer to. */
export const ProblemSchema = z.object({
  type: z.string().openapi({ description: "Stable for each `code`." }),
  title: z.string(),
  status: z.int(),
  detail: z.string().openapi({ description: "A sentence for a person." }),
  instance: z.string().openapi({ description: "The path of the request." }),
  code: z.string().openapi({ description: "The value for programs to check." }),
  request_id: z.string().openapi({ description: "Also in the header `X-Request-Id`." }),
  errors: z
    .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
    .optional()
    .openapi({
      description:
        "Of a failed validation: a JSON Pointer into the body, or `?` and the name of a query parameter.",
    }),
  ...members,
});

/** The responses of the problems that a route may end with, by status. */
export function problemResponses(codes: readonly ProblemCode[]): RouteConfig["responses"] {
  const byStatus = Map.groupBy([...new Set(codes)], (code) => catalogue[code].status);
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, problemResponse(some)]));
}

function problemResponse(codes: ProblemCode[]) {
  const described = codes.map((code) => `\`${code}\`: ${catalogue[code].detail}`);
  // Written out: extending the zod schema for every route took a sixth of the start-up time of a Worker.
  const code = { type: "string" as const, enum: codes };
  const narrowed = { type: "object" as const, properties: { code } };
  const schema = { allOf: [{ $ref: "#/components/schemas/Problem" }, narrowed] };
  const examples = Object.fromEntries(
    codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
  );
  return {
    description: described.join("\n\n"),
    content: { "application/problem+json": { schema, examples } },
  };
}

/** An example of each problem, which the responses refer to. */
export function problemExamples() {
  const codes = Object.keys(catalogue) as ProblemCode[];
  return codes.map((code) => {
    const document = problemDocument(new Problem(code));
    const value = { ...document, instance: "/chats", request_id: REQUEST_ID };
    return { code, example: { summary: document.title, value } };
  });
}

const REQUEST_ID = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10";
