import { execFile } from "node:child_process";
import { join } from "node:path";
import { experimental_readRawConfig as readRawConfig } from "wrangler";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { examine } from "../../local/doctor/examine.ts";
import { type Finding, isBroken, render } from "../../local/doctor/finding.ts";
import { migrate } from "../../local/migrate.ts";
import { type LocalNeon, startNeon } from "../../local/neon.ts";
import { startProvider } from "../../local/openai.ts";
import { freePort } from "../../local/ports.ts";
import { startS3 } from "../../local/s3.ts";
import { newSecret } from "../../local/secrets.ts";
import { NAMES, type Settings } from "../../local/settings.ts";
import { VARIABLE_NAMES } from "../../src/env.ts";
import { bucketVars } from "../support/own-bucket.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PAGE = "https://page.example";
const { rawConfig: wrangler } = readRawConfig({ config: join(ROOT, "wrangler.toml") });

let neon: LocalNeon;
let healthy: Settings;
let nowhere: string;
const world = new AsyncDisposableStack();
beforeAll(async () => {
  neon = await startNeon({ copyOf: inject("emptyPostgres") });
  world.defer(neon.close);
  await migrate(neon.pool);
  const s3 = await startS3({ bucket: "doctor-files", origins: [PAGE] });
  world.defer(s3.close);
  const provider = await startProvider();
  world.defer(provider.close);
  nowhere = `http://127.0.0.1:${await freePort()}`;
  healthy = {
    DATABASE_URL: neon.connectionString,
    DATABASE_HTTP_URL: neon.url,
    SECRET_KEY: newSecret() + newSecret(),
    ALLOWED_ORIGINS: PAGE,
    OPENAI_API_KEY: provider.apiKey,
    OPENAI_BASE_URL: provider.baseUrl,
    ...bucketVars(s3),
  };
});
afterAll(() => world.disposeAsync());

const SECRETS = [
  "DATABASE_URL",
  "SECRET_KEY",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "AWS_SECRET_ACCESS_KEY",
];

function expectNoSecret(text: string, settings: Settings): void {
  const secrets = SECRETS.flatMap((name) => settings[name] || []);
  const password = URL.parse(settings.DATABASE_URL ?? "")?.password;
  for (const secret of password ? [...secrets, password] : secrets)
    expect(text).not.toContain(secret);
}

type Changes = Record<string, string | undefined>;

/** The findings with some variables changed, or unset by undefined. */
async function findingsWith(changes: Changes, names: string[] = []): Promise<Finding[]> {
  const all = Object.entries({ ...healthy, ...changes });
  const settings = Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Settings;
  const findings = await examine({ settings, names, wrangler });
  expectNoSecret(render(findings), settings);
  return findings;
}

const troubles = (findings: Finding[]) =>
  findings.filter(({ state }) => state === "broken" || state === "doubtful");

/** The one trouble there is. */
async function troubleWith(changes: Changes): Promise<Finding | undefined> {
  const found = troubles(await findingsWith(changes));
  expect(found.map(({ part, says }) => `${part}: ${says}`)).toHaveLength(1);
  return found[0];
}

/** The trouble while the database is changed by one statement, undone by another. */
async function troubleWhile(change: string, undo: string): Promise<Finding | undefined> {
  await neon.pool.query(change);
  try {
    return await troubleWith({});
  } finally {
    await neon.pool.query(undo);
  }
}

describe("A healthy environment", () => {
  it("has no trouble, and each part is named", async () => {
    const findings = await findingsWith({});
    expect(troubles(findings)).toEqual([]);
    const parts = new Set(findings.map(({ part }) => part));
    const named = ["variables", "database", "rights", "pgvector", "migrations", "bucket", "CORS"];
    for (const part of [...named, "provider", "mail", "queues"]) expect(parts).toContain(part);
  });

  it("is left as it was", async () => {
    await findingsWith({});
    const { rows } = await neon.pool.query("SELECT to_regclass('doctor_probe') AS probe");
    expect(rows).toEqual([{ probe: null }]);
  });

  it("may do without a bucket, pages and embeddings", async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const changes = { ...none, S3_BUCKET_NAME: undefined, EMBEDDING_MODEL: "none" };
    expect(troubles(await findingsWith(changes))).toEqual([]);
    expect(troubles(await findingsWith({ ALLOWED_ORIGINS: undefined }))).toEqual([]);
  });
});

describe("A variable", () => {
  it.each([
    ["missing", "DATABASE_URL", undefined, "DATABASE_URL is missing"],
    ["of another database", "DATABASE_URL", "mysql://a:quiet-password@c/d", "DATABASE_URL"],
    ["too short", "SECRET_KEY", "short-secret", "SECRET_KEY"],
    ["no JSON", "MODELS", "{", "MODELS"],
    ["unknown inside of JSON", "TURN_LIMITS", '{"first_token":1}', "TURN_LIMITS"],
  ])("that is %s is named: %s", async (_what, name, value, says) => {
    const findings = await findingsWith({ [name]: value });
    const broken = findings.find(isBroken);
    expect(broken?.says).toContain(says);
    expect(broken?.mend).toBeTruthy();
  });

  it("that the Worker does not know is named, without its value", async () => {
    const [found, ...rest] = troubles(await findingsWith({}, ["SECRET_KEY", "OPENAI_KEY"]));
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ state: "doubtful", part: "variables" });
    expect(found?.says).toContain("OPENAI_KEY");
  });

  it("that the Worker reads can be set for the scripts too", () => {
    expect(VARIABLE_NAMES.filter((name) => !NAMES.includes(name))).toEqual([]);
  });
});

describe("The database", () => {
  const changed = (change: (url: URL) => void) => {
    const url = new URL(healthy.DATABASE_URL ?? "");
    change(url);
    return { DATABASE_URL: url.href };
  };

  it("that nobody serves is broken", async () => {
    const found = await troubleWith({ DATABASE_HTTP_URL: `${nowhere}/sql` });
    expect(found).toMatchObject({ part: "database", state: "broken" });
    expect(found?.says).toContain("cannot be reached");
  });

  it("that refuses the password is broken, and the password is not shown", async () => {
    const wrong = changed((url) => (url.password = "wrong-password"));
    const found = await troubleWith(wrong);
    expect(found).toMatchObject({ part: "database", state: "broken" });
    expect(found?.says).toContain("password");
    expect(JSON.stringify(found)).not.toContain("wrong-password");
  });

  it("whose role may not create tables is broken", async () => {
    await neon.pool.query("CREATE ROLE modest; GRANT SELECT ON schema_migrations TO modest");
    const found = await troubleWhile("SET ROLE modest", "RESET ROLE");
    expect(found).toMatchObject({ part: "rights", state: "broken" });
    expect(found?.mend).toContain("GRANT");
  });

  it("that lacks a migration is broken, and the command is given", async () => {
    const { rows } = await neon.pool.query(
      "SELECT name, sha256 FROM schema_migrations ORDER BY name DESC LIMIT 1",
    );
    const [{ name, sha256 }] = rows;
    const found = await troubleWhile(
      `DELETE FROM schema_migrations WHERE name = '${name}'`,
      `INSERT INTO schema_migrations (name, sha256) VALUES ('${name}', '${sha256}')`,
    );
    expect(found).toMatchObject({ part: "migrations", state: "broken" });
    expect(found?.says).toContain(name);
    expect(found?.mend).toContain("npm run db:migrate");
  });

  it("with a migration that was changed since is broken", async () => {
    const found = await troubleWhile(
      "UPDATE schema_migrations SET sha256 = 'x' || sha256 WHERE name LIKE '0003%'",
      "UPDATE schema_migrations SET sha256 = substr(sha256, 2) WHERE name LIKE '0003%'",
    );
    expect(found).toMatchObject({ part: "migrations", state: "broken" });
    expect(found?.says).toContain("0003_files.sql");
  });

  it("of newer code is to be looked at", async () => {
    const found = await troubleWhile(
      "INSERT INTO schema_migrations (name, sha256) VALUES ('9999_later.sql', 'x')",
      "DELETE FROM schema_migrations WHERE name = '9999_later.sql'",
    );
    expect(found).toMatchObject({ part: "migrations", state: "doubtful" });
    expect(found?.says).toContain("9999_later.sql");
  });

  it("that is empty lacks all migrations", async () => {
    await using empty = new AsyncDisposableStack();
    const other = await startNeon({ copyOf: inject("emptyPostgres") });
    empty.defer(other.close);
    const database = { DATABASE_URL: other.connectionString, DATABASE_HTTP_URL: other.url };
    const found = troubles(await findingsWith(database));
    expect(found.map(({ part }) => part)).toEqual(["pgvector", "migrations"]);
    expect(found[1]?.says).toContain("0001_accounts.sql");
  });
});

describe("The bucket", () => {
  it.each<[string, Changes, string]>([
    ["its key is unknown", { AWS_ACCESS_KEY_ID: "OTHER" }, "InvalidAccessKeyId"],
    ["its secret is wrong", { AWS_SECRET_ACCESS_KEY: "other-secret" }, "SignatureDoesNotMatch"],
    ["it does not exist", { S3_BUCKET_NAME: "nobody-has-it" }, "NoSuchBucket"],
    ["half of its variables are set", { S3_BUCKET_NAME: undefined }, "S3_BUCKET_NAME is missing"],
  ])("is broken where %s", async (_why, changes, says) => {
    const found = await troubleWith(changes);
    expect(found).toMatchObject({ part: "bucket", state: "broken" });
    expect(found?.says).toContain(says);
    expect(found?.mend).toBeTruthy();
  });

  it("is broken where nobody serves it", async () => {
    const found = await troubleWith({ S3_ENDPOINT: nowhere });
    expect(found).toMatchObject({ part: "bucket", state: "broken" });
    expect(found?.says).toContain("cannot be reached");
  });

  it("is to be looked at where its rules leave out a page", async () => {
    const found = await troubleWith({ ALLOWED_ORIGINS: `${PAGE},https://other.example` });
    expect(found).toMatchObject({ part: "CORS", state: "doubtful" });
    expect(found?.says).toContain("https://other.example");
  });
});

describe("The provider", () => {
  it.each<[string, Changes, Partial<Finding>, string]>([
    ["refuses the key", { OPENAI_API_KEY: "sk-wrong" }, { state: "broken" }, "refuses the key"],
    ["does not list the model", { DEFAULT_MODEL: "gpt-none" }, { state: "broken" }, "gpt-none"],
    ["does not list the title's", { TITLE_MODEL: "gpt-none" }, { state: "doubtful" }, "gpt-none"],
    [
      "does not list the embedding's",
      { EMBEDDING_MODEL: "e-none" },
      { state: "doubtful" },
      "e-none",
    ],
    ["is not the model's", { DEFAULT_MODEL: "claude-haiku-4-5" }, { state: "broken" }, "claude"],
  ])("that %s is named", async (_what, changes, finding, says) => {
    const found = await troubleWith(changes);
    expect(found).toMatchObject({ part: "provider", ...finding });
    expect(found?.says).toContain(says);
  });

  it("that nobody serves is broken", async () => {
    const found = await troubleWith({ OPENAI_BASE_URL: `${nowhere}/v1` });
    expect(found).toMatchObject({ part: "provider", state: "broken" });
  });

  it("that is missing is broken", async () => {
    const found = await troubleWith({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined });
    expect(found).toMatchObject({ part: "provider", state: "broken" });
  });
});

describe("npm run doctor", () => {
  /** Runs the script with no `.dev.vars`. */
  function runDoctor(changes: Settings): Promise<{ code: number; output: string }> {
    const unset = Object.fromEntries(NAMES.map((name) => [name, ""]));
    const settings = { ...unset, ...healthy, ...changes };
    const env = { ...process.env, ...settings, DEV_VARS: "/nowhere/.dev.vars" };
    const args = [join(ROOT, "local", "doctor.ts")];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
        const output = stdout + stderr;
        expectNoSecret(output, settings);
        resolve({ code: error ? Number(error.code) : 0, output });
      });
    });
  }

  it("exits with 0 where everything works", async () => {
    const { code, output } = await runDoctor({});
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^ok +migrations +All are applied\.$/m);
  });

  it("exits with 1 where something is broken, and says how to mend it", async () => {
    const { code, output } = await runDoctor({ S3_BUCKET_NAME: "nobody-has-it" });
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/^BROKEN +bucket .*NoSuchBucket\.\n +→ Create the bucket/m);
  });
});
