/** The settings of the development server, from `.dev.vars` and from the environment of the process. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { parseEnv } from "node:util";

export type Settings = Record<string, string>;

/** The names that the Worker reads; everything else in the environment is ignored. */
export const NAMES =
  `DATABASE_URL DATABASE_HTTP_URL SECRET_KEY ALLOWED_ORIGINS ALLOWED_ORIGINS_ONLY PASSWORD_SIGN_IN
  OIDC_ISSUER OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_SCOPES OIDC_ADMIN_GROUP APP_URL MAIL_FROM SES_ENDPOINT
  AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION S3_BUCKET_NAME S3_ENDPOINT
  OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY ANTHROPIC_BASE_URL DEFAULT_MODEL TITLE_MODEL OCR_MODEL
  MODELS EMBEDDING_MODEL EMBEDDING_BASE_URL EMBEDDING_API_KEY RERANK_MODEL RERANK_BASE_URL RERANK_API_KEY
  SYSTEM_PROMPT KEEP_REASONING LIMITS BUDGETS TURN_LIMITS RETRIEVAL RETENTION PROVIDER_CIRCUIT METRICS_TOKEN
  BODY_TIMEOUT_MS LEAST_UPLOAD_RATE`.split(/\s+/);

/** The pages of any server on this machine. */
export const LOCAL_ORIGINS = "http://localhost:*,http://127.0.0.1:*,http://[::1]:*";

/** Creates the file from the example where it is missing, with a secret of its own. */
export async function ensureDevVars(path: string, examplePath: string): Promise<void> {
  if (existsSync(path)) return;
  const example = await readFile(examplePath, "utf8");
  const secret = randomBytes(32).toString("base64url");
  const text = example.replace(/^SECRET_KEY=$/m, `SECRET_KEY=${secret}`);
  await writeFile(path, text, { mode: 0o600 });
}

/** The file's values, overridden by those of the process: an empty value there unsets. */
export async function readSettings(path: string, env: NodeJS.ProcessEnv): Promise<Settings> {
  const file = existsSync(path) ? parseEnv(await readFile(path, "utf8")) : {};
  const settings: Settings = {};
  for (const name of NAMES) {
    const value = env[name] ?? file[name];
    if (value) settings[name] = value;
  }
  return settings;
}

/** Writes them for wrangler, readable by the user alone. */
export async function writeSettings(path: string, settings: Settings): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(name, value)}`);
  // A mode applies to new files alone.
  await rm(path, { force: true });
  await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o600 });
}

/**
 * In the file's format: in quotes that the value does not contain, since none can be escaped, and with `\$`
 * for `$`, since a bare one would be replaced by a variable's value.
 */
function quote(name: string, value: string): string {
  const mark = ["'", "`", '"'].find((candidate) => !value.includes(candidate));
  if (mark === undefined) throw new Error(`${name} contains all three kinds of quotation marks`);
  if (mark === '"' && /\\[nr]/.test(value)) {
    throw new Error(`${name} contains ' and \` and a \\n, which would become a line end`);
  }
  return mark + value.replaceAll("$", () => "\\$") + mark;
}
