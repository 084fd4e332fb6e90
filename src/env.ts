/**
 * Validates every binding, secret and variable once per isolate. The only file that reads the raw
 * environment: the rest of the code gets a `Config`.
 */
import { z } from "zod";
import type { MailJob } from "./features/auth/mails/orders.ts";
import type { FileJob } from "./features/files/jobs.ts";
import type { ChatRoom } from "./features/turns/room/chat-room.do.ts";
import { Limits } from "./limits/figures.ts";
import type { Limiter } from "./limits/limiter.do.ts";
import { Models } from "./lib/model-table.ts";
import { isOriginRule } from "./lib/origins.ts";

/** What Cloudflare passes to the Worker: bindings, and strings that are not validated yet. */
export type Env = {
  CHAT_ROOM: DurableObjectNamespace<ChatRoom>;
  ASSETS: Fetcher;
  FILE_JOBS: Queue<FileJob>;
  MAIL_JOBS: Queue<MailJob>;
  LIMITER: DurableObjectNamespace<Limiter>;
  /** The platform's own rate limit, where it has one. */
  COARSE_LIMITER?: RateLimit;
  /** Absent where nothing is measured. */
  METRICS?: AnalyticsEngineDataset;
};

/** An empty variable counts as absent: the process environment can unset one of a file only this way. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const url = z.url({ protocol: /^https?$/ });
const text = z.string();

/** Tokens travel over it, so only a provider on this machine may do without TLS. */
const issuer = z.union([
  z.url({ protocol: /^https$/ }),
  z.url({ protocol: /^http$/, hostname: /^(?:localhost|127\.0\.0\.1)$/ }),
]);

const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== "string" || value === "") return {};
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue("not valid JSON");
      return z.NEVER;
    }
  }, schema);

/** False by default. */
const flag = optional(z.stringbool()).transform((value) => value ?? false);

const ms = (fallback: number) => z.int().positive().default(fallback);

/** The platform ends pending work after 15 minutes. */
const LONGEST_TURN_MS = 14 * 60_000;

/** Timings of a turn in milliseconds, with the defaults of production. */
const TurnLimits = z.strictObject({
  first_token_ms: ms(60_000),
  progress_ms: ms(60_000),
  total_ms: z.int().positive().max(LONGEST_TURN_MS).default(LONGEST_TURN_MS),
  heartbeat_ms: ms(15_000),
  flush_ms: ms(1_000),
  watchdog_ms: ms(30_000),
  log_kept_ms: ms(10 * 60_000),
  file_wait_ms: ms(120_000),
  rewrite_ms: ms(2_000),
  rerank_ms: ms(1_500),
  /** A durable stream of server-sent events ends then, and its client continues with another. */
  follow_ms: ms(60_000),
  long_poll_ms: ms(20_000),
});

export type TurnLimits = z.infer<typeof TurnLimits>;

/** Longer than any law asks for. */
const days = z.int().positive().max(36_500).optional();

/** How many days chats live after their last activity, and files after that and their upload; absent: for ever. */
const Retention = z.strictObject({ chats_days: days, files_days: days });

/** When a provider that keeps failing is given a pause: see src/lib/circuit.ts. */
const ProviderCircuit = z.strictObject({
  /** Calls it in any case. */
  off: z.boolean().default(false),
  failures: z.int().min(1).max(1_000).default(5),
  window_ms: ms(30_000),
  pause_ms: ms(10_000),
});

/** How passages are found. */
const Retrieval = z.strictObject({
  /** A small model rewrites the user's question into search queries. */
  rewrite: z.boolean().default(true),
});

const Limit = z.strictObject({
  tokens: z.int().nonnegative().optional(),
  /** US dollars, as an exact decimal. */
  cost: z
    .string()
    .regex(/^\d{1,8}(\.\d{1,12})?$/)
    .optional(),
});

/** The limits of every account that has none of its own, by period. */
const Budgets = z.strictObject({ day: Limit.optional(), month: Limit.optional() });

export type Budgets = z.infer<typeof Budgets>;

const Origins = optional(
  text
    .transform((list) =>
      list
        .split(",")
        .map((origin) => origin.trim().replace(/\/$/, ""))
        .filter(Boolean),
    )
    .refine((origins) => origins.every(isOriginRule), "a * stands only for the port, at the end"),
).transform((origins) => origins ?? []);

const Variables = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SECRET_KEY: text.min(32),
  DATABASE_HTTP_URL: optional(url),
  AWS_ACCESS_KEY_ID: optional(text),
  AWS_SECRET_ACCESS_KEY: optional(text),
  AWS_REGION: optional(text),
  S3_BUCKET_NAME: optional(text),
  S3_ENDPOINT: optional(url),
  SES_ENDPOINT: optional(url),
  MAIL_FROM: optional(text.regex(/^[^\r\n]+@[^\r\n]+$/, "not an e-mail address")),
  APP_URL: optional(url),
  OPENAI_API_KEY: optional(text),
  OPENAI_BASE_URL: optional(url),
  ANTHROPIC_API_KEY: optional(text),
  ANTHROPIC_BASE_URL: optional(url),
  ALLOWED_ORIGINS: Origins,
  ALLOWED_ORIGINS_ONLY: flag,
  PASSWORD_SIGN_IN: optional(z.enum(["on", "off"])).transform((value) => value !== "off"),
  OIDC_ISSUER: optional(issuer),
  OIDC_CLIENT_ID: optional(text),
  OIDC_CLIENT_SECRET: optional(text),
  OIDC_SCOPES: optional(text.regex(/\bopenid\b/)).transform(
    (scopes) => scopes ?? "openid email profile",
  ),
  OIDC_ADMIN_GROUP: optional(text),
  DEFAULT_MODEL: optional(text).transform((name) => name ?? "gpt-4o-mini"),
  TITLE_MODEL: optional(text),
  OCR_MODEL: optional(text),
  EMBEDDING_MODEL: optional(text).transform((name) => name ?? "text-embedding-3-small"),
  EMBEDDING_BASE_URL: optional(url),
  EMBEDDING_API_KEY: optional(text),
  RERANK_MODEL: optional(text),
  RERANK_BASE_URL: optional(url),
  RERANK_API_KEY: optional(text),
  SYSTEM_PROMPT: optional(text),
  KEEP_REASONING: flag,
  MODELS: json(Models),
  BUDGETS: json(Budgets),
  LIMITS: json(Limits),
  TURN_LIMITS: json(TurnLimits),
  RETRIEVAL: json(Retrieval),
  RETENTION: json(Retention),
  PROVIDER_CIRCUIT: json(ProviderCircuit),
  METRICS_TOKEN: optional(text.min(32)),
  BODY_TIMEOUT_MS: optional(z.coerce.number().int().positive()).transform((ms) => ms ?? 30_000),
  LEAST_UPLOAD_RATE: optional(z.coerce.number().int().positive()).transform(
    (bytesPerSecond) => bytesPerSecond ?? 16 * 1024,
  ),
});

/** The names of all variables. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(Variables.shape);

const Consistent = Variables.superRefine((config, context) => {
  const needs = (path: keyof typeof config, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if (config.OIDC_ISSUER && !config.OIDC_CLIENT_ID) {
    needs("OIDC_CLIENT_ID", "needed by OIDC_ISSUER");
  }
  if (config.OIDC_CLIENT_ID && !config.OIDC_ISSUER) {
    needs("OIDC_ISSUER", "needed by OIDC_CLIENT_ID");
  }
  if (!config.PASSWORD_SIGN_IN && !config.OIDC_ISSUER) {
    needs("OIDC_ISSUER", "without it and passwords, nobody could sign in");
  }
});

/** A model of no known name is priced by the provider that serves it. */
const ConfigSchema = Consistent.transform(({ MODELS, ...config }) => {
  const { OPENAI_BASE_URL: openaiUrl } = config;
  return { ...config, MODELS: { ...MODELS, ...(openaiUrl !== undefined && { openaiUrl }) } };
});

export type Config = z.infer<typeof ConfigSchema>;

/**
 * The environment is invalid; `variables` are the names to correct, `reasons` what is wrong with each.
 */
export class ConfigError extends Error {
  readonly variables: string[];
  readonly reasons: string[];

  constructor(issues: readonly { path: PropertyKey[]; message: string }[]) {
    const variables = [...new Set(issues.map(({ path }) => String(path[0])))];
    super(`invalid environment: ${variables.join(", ")}`);
    this.variables = variables;
    // zod's messages contain no values.
    this.reasons = issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  }
}

/** Validates the environment. Throws `ConfigError`. */
export function readConfig(env: Env): Config {
  const result = ConfigSchema.safeParse(env);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues);
}
