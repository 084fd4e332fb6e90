import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { COMPATIBILITY_DATE } from "./local/workerd.ts";

/**
 * What takes long. Thousands of runs: every route under every failure of Postgres, with every forged credential, with
 * foreign ids and from foreign pages; random schedules, texts, cuts and pages; every regular expression; scans of many
 * pages; accounts of many rows. And bounds of memory and time, each in a process of its own.
 */
const LONG_RUNS = [
  "test/faults/schedules.test.ts",
  "test/rules/hostile-text.test.ts",
  "test/rules/paging-many.test.ts",
  "test/features/search/hostile-text.test.ts",
  "test/faults/wires-many.test.ts",
  "test/features/users/erasure-portions.test.ts",
  "test/faults/postgres-failures.test.ts",
  "test/local/audit-verify.test.ts",
  "test/features/files/extraction-bounds.test.ts",
  "test/features/files/extraction-memory.test.ts",
  "test/unit/extract-word-hostile.test.ts",
  "test/rules/regular-expressions.test.ts",
  "test/features/files/scans-many.test.ts",
  "test/faults/kills.test.ts",
  "test/local/start-failures.test.ts",
  "test/faults/dependencies.test.ts",
  "test/features/auth/hashing.test.ts",
  "test/features/turns/memory-subscribers.test.ts",
  "test/features/messages/memory-pages.test.ts",
  "test/rules/owners.test.ts",
  "test/features/files/analysis-slow.test.ts",
  "test/rules/credentials.test.ts",
  "test/rules/api-keys.test.ts",
  "test/rules/outlived-tokens.test.ts",
  "test/rules/cross-site.test.ts",
];

/** Begins with what takes long: no worker is left with it at the end, while the others have nothing to do. */
class LongRunsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's, not an array's.
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONG_RUNS.findIndex((name) => moduleId.endsWith(name));
  return rank < 0 ? LONG_RUNS.length : rank;
}

const product = {
  extends: true as const,
  test: {
    globalSetup: ["test/support/world.ts"],
    // Files share what they import, which holds no state of a test: each signs up people of its own.
    isolate: false,
    // A busy machine takes several times as long. No test waits for this where the product works.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
};

/**
 * What needs a Worker, a database or a program of its own for long: it kills it, configures it, or looks at all of its
 * data.
 */
const OWN_WORLDS = "test/**/*.world.test.ts";

/** Everything that can be seen from outside, over HTTP, and what is pure. */
const features = {
  ...product,
  test: {
    ...product.test,
    name: "product",
    include: ["test/**/*.test.ts"],
    exclude: [
      "test/room/**",
      "test/browser/**",
      "test/clients/**",
      "test/python/**",
      OWN_WORLDS,
      ...LONG_RUNS,
    ],
  },
};

const worlds = { ...product, test: { ...product.test, name: "worlds", include: [OWN_WORLDS] } };

const slow = { ...product, test: { ...product.test, name: "slow", include: LONG_RUNS } };

/** Linters of the OpenAPI document, and generators of clients from it: programs of `openapi/package.json`. */
const clients = {
  ...product,
  test: {
    ...product.test,
    name: "clients",
    include: ["test/clients/**/*.test.ts"],
    testTimeout: 120_000,
  },
};

/** Programs in Python, with the packages that `npm run python-clients` installs. */
const python = {
  ...product,
  test: {
    ...product.test,
    name: "python",
    include: ["test/python/**/*.test.ts"],
    testTimeout: 120_000,
  },
};

/** Pages in a real Chromium: what only a browser enforces. */
const browser = {
  ...product,
  test: {
    ...product.test,
    name: "browser",
    // Without a Chromium it ends before the rest is started.
    globalSetup: ["test/support/chromium.ts", ...product.test.globalSetup],
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 25 } },
  },
};

/** The parts of a room alone, in workerd: on the SQLite and the alarm that a Durable Object has. */
const room = {
  extends: true as const,
  plugins: [
    cloudflareTest({
      main: "test/room/empty-room.ts",
      miniflare: {
        compatibilityDate: COMPATIBILITY_DATE,
        durableObjects: {
          ROOM: { className: "EmptyRoom", useSQLite: true },
          CHAT_ROOM: { className: "ChatRoom", useSQLite: true },
        },
      },
    }),
  ],
  test: { name: "room", include: ["test/room/**/*.test.ts"], testTimeout: 60_000 },
};

export default defineConfig({
  test: {
    projects: [features, worlds, slow, room, browser, clients, python],
    sequence: { sequencer: LongRunsFirst },
    maxWorkers: 3,
    passWithNoTests: false,
  },
});
