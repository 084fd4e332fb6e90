/** What operators read and run exists: scripts, commands of wrangler, statements of the runbook. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  experimental_getWranglerCommands as getWranglerCommands,
  experimental_readRawConfig as readRawConfig,
} from "wrangler";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { migrate } from "../../local/migrate.ts";
import { openPostgres } from "../../local/postgres.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PAGES = ["README.md", "docs/deployment.md", "docs/runbook.md", "docs/configuration.md"];
const WORKFLOW = ".github/workflows/ci.yml";
const CHECKS = ".ci/run";

const textOf = (path: string) => readFile(join(ROOT, path), "utf8");

let scripts: string[];
let pages: [string, string][];
beforeAll(async () => {
  scripts = Object.keys(JSON.parse(await textOf("package.json")).scripts);
  pages = await Promise.all(
    [...PAGES, WORKFLOW, CHECKS].map(async (path): Promise<[string, string]> => [
      path,
      await textOf(path),
    ]),
  );
});

it("Every npm script that the documentation and the checks name exists", () => {
  for (const [path, text] of pages) {
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name]) => name);
    for (const name of named) expect(scripts, path).toContain(name);
  }
});

it("Every command of wrangler that the documentation names exists", () => {
  const { registry } = getWranglerCommands();
  const named = pages.flatMap(([, text]) => [
    ...text.matchAll(/npx wrangler\s+([a-z]+)(?: ([a-z]+)\b)?/g),
  ]);
  expect(named.length).toBeGreaterThan(10);
  const isThere = (first: string, second: string) => {
    const node = registry.subtree.get(first);
    return node && (node.subtree.size === 0 || node.subtree.has(second));
  };
  const missing = named.filter(([, first = "", second = ""]) => !isThere(first, second));
  expect(missing.map(([command]) => command)).toEqual([]);
});

it("Every queue of wrangler.toml is created by the steps of the deployment", async () => {
  const { rawConfig } = readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const queues: { queue: string }[] = rawConfig.queues.consumers;
  const created = [...(await textOf("docs/deployment.md")).matchAll(/queues create ([\w-]+)/g)];
  const names = created.map(([, name]) => name);
  expect(names.toSorted()).toEqual(queues.map(({ queue }) => queue).toSorted());
});

it("Every statement of the runbook runs on the product's tables", async () => {
  const statements = [...(await textOf("docs/runbook.md")).matchAll(/```sql\n([^`]+)```/g)];
  expect(statements.length).toBeGreaterThan(3);
  const postgres = await openPostgres({ copyOf: inject("emptyPostgres") });
  try {
    await migrate(postgres.pool);
    for (const [, statement = ""] of statements) await postgres.pool.query(statement);
  } finally {
    await postgres.close();
  }
});

type Step = { uses?: string; run?: string; env?: Record<string, string> };
type Job = { needs?: string; if?: string; environment?: string; steps: Step[] };

describe("The workflow", () => {
  let workflow: {
    on: Record<string, { tags?: string[] } | null>;
    permissions: object;
    jobs: Record<string, Job>;
  };
  beforeAll(async () => {
    workflow = parse(await textOf(WORKFLOW));
  });

  it("runs the same checks as a developer, for changes and for tags", () => {
    expect(Object.keys(workflow.on)).toEqual(["push", "pull_request"]);
    expect(workflow.jobs.check?.steps.map(({ run }) => run)).toContain(CHECKS);
    expect(workflow.permissions).toEqual({ contents: "read" });
  });

  it("deploys tags alone, and only what passed", () => {
    const { deploy } = workflow.jobs;
    expect(deploy).toMatchObject({ needs: "check", environment: "production" });
    expect(deploy?.if).toBe("startsWith(github.ref, 'refs/tags/v')");
    expect(workflow.on.push?.tags).toEqual(["v*"]);
    expect(deploy?.steps.at(-1)?.run).toMatch(/^npm run deploy /);
  });

  it("takes its secrets by the names that the documentation gives", async () => {
    const text = await textOf("docs/deployment.md");
    const { env = {} } = workflow.jobs.deploy?.steps.at(-1) ?? {};
    expect(Object.keys(env)).toHaveLength(3);
    for (const [name, value] of Object.entries(env)) {
      expect(value).toBe(`\${{ secrets.${name} }}`);
      expect(text).toContain(`\`${name}\``);
    }
  });

  it("puts nothing that others write into a command", () => {
    const runs = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.map(({ run = "" }) => run),
    );
    expect(runs.filter((run) => run.includes("${{"))).toEqual([]);
  });
});
