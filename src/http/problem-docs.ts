/** The error format and the catalogue in the OpenAPI document. */
import { type RouteConfig, z } from "@hono/zod-openapi";
import { present } from "../lib/assert.ts";
import { catalogue, Problem, type ProblemCode, providerProblems } from "../lib/problem.ts";
import { problemDocument } from "./problem-response.ts";

const CODES = Object.keys(catalogue) as ProblemCode[];

/** The component `ProblemCode`. */
const ProblemCodeSchema = z.enum(CODES).openapi("ProblemCode", {
  description: "Stable. The `detail` of a problem says what happened, and what to do.",
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
  error: z
    .object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string(),
    })
    .optional()
    .openapi({ description: "Under `/v1`: the same for clients of OpenAI's API." }),
  variables: z
    .array(z.string())
    .optional()
    .openapi({ description: "Of `misconfigured`: the variables that are invalid." }),
};

/** The component `Problem`, which the responses refer to. */
export const ProblemSchema = z.object({
  type: z.string().openapi({ description: "Stable for each `code`." }),
  title: z.string().openapi({ description: "The kind of problem in a few words." }),
  status: z.int().openapi({ description: "The status of the response." }),
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
  400: { name: "BadRequest" },
  401: { name: "Unauthorized", usual: ["unauthenticated", "invalid_token"] },
  403: { name: "Forbidden" },
  404: { name: "NotFound", usual: ["not_found"] },
  405: { name: "MethodNotAllowed" },
  409: { name: "Conflict", usual: ["turn_in_progress", "file_failed", "file_processing"] },
  410: { name: "Gone" },
  412: { name: "PreconditionFailed" },
  413: { name: "ContentTooLarge" },
  415: { name: "UnsupportedMediaType" },
  422: { name: "UnprocessableContent", usual: ["validation_failed"] },
  426: { name: "UpgradeRequired" },
  429: { name: "TooManyRequests", usual: ["rate_limited"] },
  501: { name: "NotImplemented" },
  502: {
    name: "BadGateway",
    usual: [
      ...providerProblems.filter((code) => catalogue[code].status === 502),
      "ai_empty",
      "ai_length",
      "turn_interrupted",
    ],
  },
  503: { name: "ServiceUnavailable" },
  504: { name: "GatewayTimeout" },
};

/** What any operation may end with, whatever it does: its `default` response. */
const EVERYWHERE: readonly ProblemCode[] = [
  "malformed_json",
  "malformed_header",
  "invalid_encoding",
  "not_acceptable",
  "body_too_slow",
  "body_too_large",
  "unsupported_media_type",
  "unsupported_content_encoding",
  "https_required",
  "headers_too_large",
  "internal_error",
  "misconfigured",
  "database_unavailable",
  "limiter_unavailable",
  "rate_limited",
  "origin_not_allowed",
  "insufficient_scope",
];

const DEFAULT = "AnyProblem";

/** Tools expect of every operation that it names an error of the client. */
const RATE_LIMITED: [number, ProblemCode[]] = [429, ["rate_limited"]];

const refTo = (name: string) => ({ $ref: `#/components/responses/${name}` });

/**
 * The responses of the problems that a route may end with, by status: references to the shared ones, which name the
 * codes where they are not the usual ones.
 */
export function problemResponses(codes: readonly ProblemCode[]): RouteConfig["responses"] {
  const byStatus = Map.groupBy([...new Set(codes)], (code) => catalogue[code].status);
  const own = [...byStatus].filter(([, some]) => some.some((code) => !EVERYWHERE.includes(code)));
  const named = own.some(([status]) => status < 500) ? own : [...own, RATE_LIMITED];
  const responses = named.map(([status, some]) => [status, problemResponse(status, some)]);
  return { ...Object.fromEntries(responses), default: refTo(DEFAULT) };
}

/** In OpenAPI 3.1 the description of a reference replaces that of what it refers to. */
function problemResponse(status: number, codes: readonly ProblemCode[]) {
  const { name } = sharedResponse(status);
  const usual = codesOf(status);
  const isUsual = codes.length === usual.length && codes.every((code) => usual.includes(code));
  return isUsual ? refTo(name) : { ...refTo(name), description: codeList(codes) };
}

function codeList(codes: readonly ProblemCode[]): string {
  return codes.map((code) => `\`${code}\``).join(", ");
}

function sharedResponse(status: number): SharedResponse {
  return present(SHARED[status], `the shared response of status ${status}`);
}

function codesOf(status: number): readonly ProblemCode[] {
  const all = CODES.filter((code) => catalogue[code].status === status);
  return sharedResponse(status).usual ?? all;
}

/** The shared responses of problems, by name: the components that operations refer to. */
export function sharedResponses() {
  const byStatus = Object.entries(SHARED).map(([status, { name }]) => {
    const codes = codesOf(Number(status));
    return [name, componentOf(Number(status), codes)] as const;
  });
  return Object.fromEntries([...byStatus, [DEFAULT, componentOf(undefined, EVERYWHERE)]]);
}

const RETRY_AFTER = "Seconds after which a retry may succeed.";

const HEADERS: Record<number, Record<string, string>> = {
  401: { "WWW-Authenticate": "The challenge (RFC 6750 section 3)." },
  426: { Upgrade: "The protocol that the route speaks." },
  429: { "Retry-After": RETRY_AFTER },
  503: { "Retry-After": RETRY_AFTER },
};

function componentOf(status: number | undefined, codes: readonly ProblemCode[]) {
  const headers = Object.entries(HEADERS[status ?? 429] ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: "string" as const } },
  ]);
  const [code = "internal_error"] = status === undefined ? [] : codes;
  return {
    description: codeList(codes),
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
