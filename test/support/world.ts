/** One world per run of the tests: Postgres, the bucket, the provider, and the built Worker. */
import { cp } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { migrate } from "../../local/migrate.ts";
import { startMail } from "../../local/mail.ts";
import { startNeon } from "../../local/neon.ts";
import { startProvider } from "../../local/openai.ts";
import { startS3 } from "../../local/s3.ts";
import { makeFolder } from "../../local/scratch.ts";
import { bundleWorker } from "../../local/workerd.ts";
import { present } from "../../src/lib/assert.ts";
import { startAlone } from "./fast-worker.ts";
import { emptyPostgres } from "./empty-postgres.ts";
import { checkLogs } from "./logs/scan.ts";
import { bucketVars } from "./own-bucket.ts";
import { makeDatabase } from "./own-database.ts";
import { servePlantedAccounts } from "./planted-accounts.ts";
import { until } from "./until.ts";
import { startBuilt, type Vars } from "./worker.ts";

/** The offline assistant, without the pauses that let a person see it write. */
const AT_ONCE = { firstTokenDelayMs: 0, tokenDelayMs: 0 };

/** Allowed besides the Worker's own origin. */
const FRONTEND = "http://localhost:3000";

/** The page of `/app` is at a port that the machine chooses. */
const OWN_PAGE = "http://127.0.0.1:*";

const BUCKET = { bucket: "test-files", origins: [FRONTEND, "null", OWN_PAGE] };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Services are stopped in reverse order, also when a later one fails to start.
  await using stack = new AsyncDisposableStack();
  const folder = await makeFolder("worker");
  stack.defer(folder.remove);
  // Once every Worker is closed. A run that does not begin has nothing to scan.
  let scan = async (): Promise<void> => undefined;
  stack.defer(() => scan());
  const bundling = buildInto(folder.path);
  // Its folder is not removed under it.
  stack.defer(() => bundling.catch(() => undefined));
  const database = await makeDatabase();
  if (database) stack.defer(database.drop);
  const copyOf = await emptyPostgres();
  const stored = database ? { postgresUrl: database.url } : { copyOf };
  const neon = await startNeon({ control: true, ...stored });
  stack.defer(neon.close);
  await migrate(neon.pool);
  const provider = await startProvider({ control: true, script: AT_ONCE });
  stack.defer(provider.close);
  const s3 = await startS3({ ...BUCKET, control: true });
  stack.defer(s3.close);
  const { accessKeyId, secretAccessKey, region } = s3;
  const mail = await startMail({ accessKeyId, secretAccessKey, region, control: true });
  stack.defer(mail.close);
  const vars: Vars = {
    DATABASE_URL: neon.connectionString,
    DATABASE_HTTP_URL: neon.url,
    SECRET_KEY: "a secret of the tests, of at least 32 characters",
    ...bucketVars(s3),
    OPENAI_API_KEY: provider.apiKey,
    OPENAI_BASE_URL: provider.baseUrl,
    ALLOWED_ORIGINS: FRONTEND,
    // Tests of limits start a Worker of their own.
    LIMITS: '{"off":true}',
    // Tests of failing providers share this Worker.
    PROVIDER_CIRCUIT: '{"off":true}',
  };
  const accounts = await servePlantedAccounts(vars);
  stack.defer(accounts.close);
  await bundling;
  const platform = await startBuilt(folder.path, vars);
  stack.defer(() => platform.close());
  const worker = await startAlone(folder.path, vars);
  stack.defer(() => worker.close());
  project.provide("accountsUrl", present(accounts.origin, "the origin of the accounts"));
  project.provide("workerUrl", worker.url);
  project.provide("platformUrl", platform.url);
  project.provide("neonUrl", neon.url);
  project.provide("providerUrl", provider.origin);
  project.provide("s3Url", s3.endpoint);
  project.provide("controlKeys", {
    neon: present(neon.controlKey, "the key of Neon's control"),
    provider: provider.controlKey,
    s3: present(s3.controlKey, "the key of the bucket's control"),
    mail: present(mail.controlKey, "the key of the mail's control"),
  });
  project.provide("mailUrl", mail.endpoint);
  project.provide("mailVars", {
    SES_ENDPOINT: mail.endpoint,
    MAIL_FROM: "Indifly <no-reply@indifly.example>",
    APP_URL: FRONTEND,
  });
  project.provide("vars", vars);
  project.provide("emptyPostgres", copyOf);
  project.provide("workerFolder", folder.path);
  const secrets = [vars.SECRET_KEY, s3.secretAccessKey, provider.apiKey, neon.connectionString];
  scan = () =>
    checkLogs(
      folder.path,
      secrets.flatMap((secret) => secret || []),
    );
  const running = stack.move();
  return async () => {
    await logRequests([platform, worker]);
    await running.disposeAsync();
  };
}

/** Builds the Worker, or copies the one that several suites share. */
async function buildInto(folder: string): Promise<void> {
  const { TEST_BUNDLE } = process.env;
  if (TEST_BUNDLE) await cp(TEST_BUNDLE, folder, { recursive: true });
  else await bundleWorker(folder);
}

/** Each of the Workers of the run logs a request, whatever the tests have sent to it. */
async function logRequests(workers: { url: string; logs: () => string[] }[]): Promise<void> {
  for (const { url, logs } of workers) {
    await fetch(`${url}/health/live`).then((response) => response.text());
    await until(async () => logs().some((line) => line.includes("/health/live")));
  }
}
