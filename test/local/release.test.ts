import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import {
  experimental_readRawConfig as readRawConfig,
  type Unstable_RawConfig as RawConfig,
} from "wrangler";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type LocalPostgres, openPostgres } from "../../local/postgres.ts";
import { release, type ReleaseOptions } from "../../local/release/release.ts";
import { toStaging } from "../../local/release/staging.ts";
import { makeFolder } from "../../local/scratch.ts";

const ROOT = join(import.meta.dirname, "..", "..");

let postgres: LocalPostgres;
let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  postgres = await openPostgres({ copyOf: inject("emptyPostgres") });
});
afterAll(() => postgres.close());

beforeEach(async () => {
  await postgres.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  folder = await makeFolder("release");
  return folder.remove;
});

const OPTIONS: ReleaseOptions = {
  isGradual: false,
  isDryRun: false,
  config: "wrangler.toml",
  rest: [],
};

const nothing = (): Promise<unknown> => Promise.resolve();

/** The release against this test's database; what happened, in order. */
async function releasing(
  changes: Partial<ReleaseOptions> = {},
  { code = 0, onConnect = nothing } = {},
) {
  const happened: string[] = [];
  const outside = {
    // The pool is shared by the tests of this file: the release may end only its own view of it.
    openDatabase: (): pg.Pool => {
      const view = Object.create(postgres.pool) as pg.Pool;
      view.query = ((...given: Parameters<pg.Pool["query"]>) =>
        onConnect().then(() => postgres.pool.query(...given))) as pg.Pool["query"];
      view.end = async () => void happened.push("disconnected");
      return view;
    },
    wrangler: async (args: string[]) => {
      happened.push(args.join(" "));
      return code;
    },
    say: (line: string) => void happened.push(line),
    migrations: folder.path,
  };
  const ended = await release({ ...OPTIONS, ...changes }, outside).catch((error: Error) => error);
  return { ended, happened };
}

const write = (name: string, sql: string) => writeFile(join(folder.path, name), sql);
const FLAGS = "--upload-source-maps --config";

describe("A release", () => {
  it("applies the migrations before it deploys the code", async () => {
    await write("0001_first.sql", "CREATE TABLE a ();");
    const { ended, happened } = await releasing({ rest: ["--message", "v2"] });
    expect(ended).toBe(0);
    expect(happened).toEqual([
      "Applied 0001_first.sql.",
      "disconnected",
      `deploy ${FLAGS} wrangler.toml --message v2`,
    ]);
    expect((await releasing()).happened[0]).toBe("No migration to apply.");
  });

  it("deploys nothing when a migration fails", async () => {
    await write("0001_first.sql", "CREATE TABLE a (); SELECT 1 / 0;");
    const { ended, happened } = await releasing();
    expect(String(ended)).toContain("0001_first.sql failed and was rolled back");
    expect(happened).toEqual(["disconnected"]);
  });

  it("deploys nothing when a migration is missing from the database afterwards", async () => {
    await write("0001_first.sql", "CREATE TABLE a ();");
    const forget = () => postgres.pool.query("DELETE FROM schema_migrations");
    const { ended, happened } = await releasing({}, { onConnect: forget });
    expect(String(ended)).toContain("lacks 0001_first.sql: no code was deployed");
    expect(happened).toEqual(["Applied 0001_first.sql.", "disconnected"]);
  });

  it("deploys older code on a newer database: that is how one goes back", async () => {
    await write("0001_first.sql", "CREATE TABLE a ();");
    await write("0002_second.sql", "CREATE TABLE b ();");
    await releasing();
    await rm(join(folder.path, "0002_second.sql"));
    expect((await releasing()).ended).toBe(0);
  });

  it("connects to no database when it only bundles", async () => {
    const { ended, happened } = await releasing({ isDryRun: true, rest: ["--dry-run"] });
    expect(ended).toBe(0);
    expect(happened).toEqual([`deploy ${FLAGS} wrangler.toml --dry-run`]);
  });

  it("uploads a version without traffic when it is gradual, and says how to go on", async () => {
    const { happened } = await releasing({ isGradual: true });
    expect(happened[2]).toBe(`versions upload ${FLAGS} wrangler.toml`);
    expect(happened[3]).toContain("npx wrangler versions deploy ");
    expect(happened[3]).toContain("npx wrangler rollback");
    const staging = await releasing({ isGradual: true, config: "wrangler.staging.json" });
    expect(staging.happened[3]).toContain("versions deploy --config wrangler.staging.json");
  });

  it("fails as wrangler does", async () => {
    const { ended, happened } = await releasing({ isGradual: true }, { code: 3 });
    expect(ended).toBe(3);
    expect(happened).toHaveLength(3);
  });
});

describe("The configuration of staging", () => {
  const { rawConfig } = readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const production: RawConfig = rawConfig;
  const staging = toStaging(production);

  it("has every binding of production", () => {
    const bindings = (config: unknown) =>
      JSON.stringify(config)
        .match(/"(?:binding|class_name)":"\w+"/g)
        ?.toSorted();
    expect(bindings(staging)).toEqual(bindings(production));
    expect(staging.migrations).toEqual(production.migrations);
    expect(staging.triggers).toEqual(production.triggers);
    expect(staging.compatibility_date).toBe(production.compatibility_date);
  });

  it("shares no name with production that an account has once", () => {
    const namesOf = ({
      name,
      queues,
      analytics_engine_datasets: datasets,
      ratelimits,
    }: RawConfig) => [
      name,
      ...(queues?.producers ?? []).map(({ queue }) => queue),
      ...(queues?.consumers ?? [])
        .flatMap((each) => [each.queue, each.dead_letter_queue ?? []])
        .flat(),
      ...(datasets ?? []).map(({ dataset }) => dataset),
      ...(ratelimits ?? []).map(({ namespace_id: id }) => id),
    ];
    const ours = namesOf(production);
    expect(ours.length).toBeGreaterThan(3);
    expect(namesOf(staging)).toHaveLength(ours.length);
    expect(namesOf(staging).filter((name) => ours.includes(name))).toEqual([]);
  });

  it("renames datasets and rate limits, and consumes its own queues", () => {
    const staged = toStaging({
      ...production,
      analytics_engine_datasets: [{ binding: "METRICS" }, { binding: "B", dataset: "turns" }],
      ratelimits: [{ name: "COARSE", namespace_id: "1001", simple: { limit: 1, period: 10 } }],
    });
    expect(staged.analytics_engine_datasets).toEqual([
      { binding: "METRICS", dataset: "METRICS_staging" },
      { binding: "B", dataset: "turns_staging" },
    ]);
    expect(staged.ratelimits?.[0]?.namespace_id).toBe("91001");
    const consumed = staged.queues?.consumers?.map(({ queue }) => queue);
    for (const { queue } of staged.queues?.producers ?? []) expect(consumed).toContain(queue);
  });

  it("leaves out the addresses and values of production", () => {
    const staged = toStaging({ ...production, routes: ["api.example/*"], vars: { A: "1" } });
    expect(staged).not.toHaveProperty("routes");
    expect(staged).not.toHaveProperty("vars");
    expect(staged.workers_dev).toBe(true);
  });

  it.each([
    ["a bucket", { r2_buckets: [{ binding: "FILES", bucket_name: "files" }] }],
    ["environments", { env: { staging: {} } }],
    [
      "another Worker's rooms",
      { durable_objects: { bindings: [{ name: "A", class_name: "B", script_name: "c" }] } },
    ],
  ])("is refused with %s, which it would share", (_what, part) => {
    expect(() => toStaging({ ...production, ...part })).toThrow("local/release/staging.ts");
  });
});

it("What deploys in CI is what the README's steps run", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect(scripts).toMatchObject({
    deploy: "node local/deploy.ts",
    "deploy:staging": "node local/deploy.ts --staging",
  });
});
