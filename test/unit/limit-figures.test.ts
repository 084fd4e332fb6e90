import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COARSE, Limits } from "../../src/limits/figures.ts";

const ROOT = join(import.meta.dirname, "..", "..");

it("The default limits are the promised ones", () => {
  expect(Limits.parse({})).toEqual({
    off: false,
    api: [{ count: 100, seconds: 10 }],
    turns: [{ count: 20, seconds: 60 }],
    turns_at_once: 3,
    turns_in_all: 2_000,
    uploads: [{ count: 30, seconds: 3_600 }],
    sign_in_address: [
      { count: 10, seconds: 60 },
      { count: 100, seconds: 3_600 },
    ],
    sign_in_account: [
      { count: 10, seconds: 900 },
      { count: 20, seconds: 3_600 },
      { count: 50, seconds: 86_400 },
    ],
    step_up: [
      { count: 10, seconds: 900 },
      { count: 20, seconds: 3_600 },
    ],
    mail: [{ count: 30, seconds: 3_600 }],
  });
});

it("The figures of the platform's filter are those of wrangler.toml", async () => {
  const config = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  const { count, seconds } = COARSE;
  expect(config).toContain(`simple = { limit = ${count}, period = ${seconds} }`);
});
