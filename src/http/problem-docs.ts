/** The error format and the catalogue in the OpenAPI document. */
import { type RouteConfig, z } from "@hono/zod-openapi";
import { present } from "../lib/assert.ts";
import { catalogue, Problem, type ProblemCode } from "../lib/problem.ts";
import { problemDocument } from "./problem-response.ts";

const CODES = Object.keys(catalogue) as ProblemCode[];

const describe = (code: ProblemCode) => `\`${code}\`: ${catalogue[code].detail}`;

/** The component `ProblemCode`: what each code means is said here, once. */
const ProblemCodeSchema = z.enum(CODES).openapi("ProblemCode", {
  description: CODES.map((code) => `- ${describe(code)}`).join("\n"),
});

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
  code: ProblemCodeSchema,
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

type SharedResponse = { name: string; usual?: readonly ProblemCode[] };

/**
 * The shared response of each status, and the codes that it stands for unless an operation says otherwise; all codes
 * of its status where none are usual.
 */
const SHARED: Record<number, SharedResponse> = {
  400: { name: "BadRequest", usual: ["malformed_json", "invalid_encoding"] },
  401: { name: "Unauthorized", usual: ["unauthenticated", "invalid_token"] },
  403: { name: "Forbidden", usual: ["origin_not_allowed", "insufficient_scope"] },
  404: { name: "NotFound", usual: ["not_found"] },
  405: { name: "MethodNotAllowed" },
  409: { name: "Conflict", usual: ["turn_in_progress"] },
  410: { name: "Gone" },
  412: { name: "PreconditionFailed" },
  413: { name: "ContentTooLarge", usual: ["body_too_large"] },
  415: {
    name: "UnsupportedMediaType",
    usual: ["unsupported_media_type", "unsupported_content_encoding"],
  },
  422: { name: "UnprocessableContent", usual: ["validation_failed"] },
  426: { name: "UpgradeRequired" },
  429: { name: "TooManyRequests", usual: ["rate_limited"] },
  501: { name: "NotImplemented" },
  502: { name: "BadGateway" },
  503: { name: "ServiceUnavailable", usual: ["database_unavailable"] },
  504: { name: "GatewayTimeout" },
};

/** What every operation may end with, whatever it does: its `default` response. */
const EVERYWHERE: readonly ProblemCode[] = [
  "not_acceptable",
  "body_too_slow",
  "https_required",
  "headers_too_large",
  "internal_error",
  "misconfigured",
];

const DEFAULT = "AnyProblem";

const refTo = (name: string) => ({ $ref: `#/components/responses/${name}` });

/**
 * The responses of the problems that a route may end with, by status: references to the shared ones, which name the
 * codes where they are not the usual ones.
 */
export function problemResponses(codes: readonly ProblemCode[]): RouteConfig["responses"] {
  const own = [...new Set(codes)].filter((code) => !EVERYWHERE.includes(code));
  const byStatus = Map.groupBy(own, (code) => catalogue[code].status);
  const responses = [...byStatus].map(([status, some]) => [status, problemResponse(status, some)]);
  return { ...Object.fromEntries(responses), default: refTo(DEFAULT) };
}

/** In OpenAPI 3.1 the description of a reference replaces that of what it refers to. */
function problemResponse(status: number, codes: readonly ProblemCode[]) {
  const { name } = sharedResponse(status);
  const usual = codesOf(status);
  const isUsual = codes.length === usual.length && codes.every((code) => usual.includes(code));
  const description = codes.map((code) => `\`${code}\``).join(", ");
  return isUsual ? refTo(name) : { ...refTo(name), description };
}

function sharedResponse(status: number): SharedResponse {
  return present(SHARED[status], `the shared response of status ${status}`);
}

function codesOf(status: number): readonly ProblemCode[] {
  const all = CODES.filter((code) => catalogue[code].status === status);
  return sharedResponse(status).usual ?? all.filter((code) => !EVERYWHERE.includes(code));
}

/** The shared responses of problems, by name: the components that operations refer to. */
export function sharedResponses() {
  const byStatus = Object.entries(SHARED).map(([status, { name }]) => {
    const codes = codesOf(Number(status));
    return [name, componentOf(Number(status), codes)] as const;
  });
  return Object.fromEntries([...byStatus, [DEFAULT, componentOf(undefined, EVERYWHERE)]]);
}

const HEADERS: Record<number, Record<string, string>> = {
  401: { "WWW-Authenticate": "The challenge (RFC 6750 section 3)." },
  426: { Upgrade: "The protocol that the route speaks." },
  429: { "Retry-After": "Seconds after which a retry may succeed." },
  503: { "Retry-After": "Seconds after which a retry may succeed." },
};

function componentOf(status: number | undefined, codes: readonly ProblemCode[]) {
  const headers = Object.entries(HEADERS[status ?? 0] ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: "string" as const } },
  ]);
  const [code = "internal_error"] = codes;
  return {
    description: codes.map(describe).join("\n\n"),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    content: {
      "application/problem+json": {
        schema: { $ref: "#/components/schemas/Problem" },
        example: problemExample(code),
      },
    },
  };
}

function problemExample(code: ProblemCode) {
  const document = problemDocument(new Problem(code));
  return { ...document, instance: "/chats", request_id: REQUEST_ID };
}

const REQUEST_ID = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10";
