import { expect, it } from "vitest";
import { type Env, readConfig } from "../../src/env.ts";
import { turnDeadline } from "../../src/features/turns/generate/generate.ts";

const MINUTE_MS = 60_000;

function limitsOf(limits: object) {
  return readConfig({
    DATABASE_URL: "postgres://a:b@c/d",
    SECRET_KEY: "a secret of the tests, of at least 32 characters",
    TURN_LIMITS: JSON.stringify(limits),
  } as unknown as Env).TURN_LIMITS;
}

it("A turn may take fourteen minutes at most: the platform ends pending work after fifteen", () => {
  expect(limitsOf({}).total_ms).toBe(14 * MINUTE_MS);
  expect(limitsOf({ total_ms: 14 * MINUTE_MS }).total_ms).toBe(14 * MINUTE_MS);
  expect(() => limitsOf({ total_ms: 14 * MINUTE_MS + 1 })).toThrow("TURN_LIMITS");
});

it("Generation leaves half a minute for what comes after it, and less in a short turn", () => {
  const end = 14 * MINUTE_MS;
  expect(turnDeadline(0, limitsOf({}))).toEqual({
    answer: end - 30_000,
    citations: end - 15_000,
    end,
  });
  const short = limitsOf({ total_ms: 2_000 });
  expect(turnDeadline(1_000, short)).toEqual({ answer: 2_900, citations: 2_950, end: 3_000 });
});
