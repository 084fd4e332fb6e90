import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDb, read } from "../../../src/db/client.ts";
import { violates } from "../../../src/db/errors.ts";
import { reserveSql } from "../../../src/features/usage/budgets.ts";
import { exhaustedSql } from "../../../src/features/usage/exhausted.ts";
import { setBudget } from "../../support/budgets.ts";
import { newChat } from "../../support/chats.ts";
import {
  type ApiResponse,
  at,
  type Body,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { query } from "../../support/postgres.ts";
import { release, script } from "../../support/provider.ts";
import { releaseAfterRefusals } from "../../support/races.ts";
import { until } from "../../support/until.ts";

/** Budgets are enforced, and nobody has one by default. */
let worker: FastWorker;
beforeAll(async () => {
  worker = await startFastWorker({ BUDGETS: "{}", DEFAULT_MODEL: "gpt-4o-mini" });
});
afterAll(() => worker.close());

async function withBudget(
  period: "day" | "month",
  limit: Parameters<typeof setBudget>[2],
): Promise<SignedIn> {
  const user = at(worker.url, await signUp());
  await setBudget(user, period, limit);
  return user;
}

const ask = (user: SignedIn, content: string, more: object = {}, headers = {}) =>
  user.post("/chat", { content, stream: false, ...more }, headers);

async function limitsOf(user: SignedIn): Promise<Body[]> {
  return (await user.get("/usage/limits")).body.limits;
}

/** What one turn of this text reserves, in tokens and dollars: read while it runs. */
async function reservedBy(content: string): Promise<{ tokens: number; cost: number }> {
  const user = await withBudget("month", { tokens: 100_000_000, cost: "1000" });
  const marker = await script({ kind: "answer", holdAfter: 0 }, content);
  const sent = ask(user, marker);
  await until(async () => (await limitsOf(user)).every(({ reserved }) => Number(reserved) > 0));
  const [tokens, cost] = await limitsOf(user);
  await release(marker);
  expect((await sent).status).toBe(200);
  return { tokens: Number(tokens.reserved), cost: Number(cost.reserved) };
}

const newText = () => `marker-${crypto.randomUUID()}`;

async function spentOf(user: SignedIn) {
  const [row] = await query(
    `SELECT coalesce(sum(total_tokens), 0)::int AS tokens, coalesce(sum(cost_estimate), 0)::text AS cost
     FROM ai_usage WHERE user_id = $1`,
    [user.user.id],
  );
  return { tokens: Number(row?.tokens), cost: String(row?.cost) };
}

async function expectNothingReserved(user: SignedIn) {
  const rows = await query("SELECT * FROM budget_reservations WHERE user_id = $1", [user.user.id]);
  expect(rows).toEqual([]);
}

describe("A budget for three turns", () => {
  it.each(["tokens", "cost"] as const)(
    "lets exactly three of fifty parallel ones run, in %s",
    async (unit) => {
      const worst = await reservedBy(newText());
      const limit =
        unit === "tokens"
          ? { tokens: Math.floor(worst.tokens * 3.5) }
          : { cost: (worst.cost * 3.5).toFixed(12) };
      const user = await withBudget("day", limit);
      const marker = await script({ kind: "answer", holdAfter: 0 }, newText());
      const sent = Array.from({ length: 50 }, () => ask(user, marker));
      const responses = await releaseAfterRefusals(sent, 47, marker);
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(3);
      const refused = responses.filter(({ status }) => status !== 200);
      for (const response of refused) {
        expectProblem(response, 429, "budget_exhausted");
        expect(response.body).toMatchObject({ subject: "user", period: "day", unit });
        expect(Number(response.headers.get("retry-after"))).toBe(response.body.retry_after);
      }
      await expectNothingReserved(user);
      // A refused turn leaves nothing behind.
      expect((await user.get("/chats")).body.total).toBe(3);
    },
  );
});

describe("A turn under a budget", () => {
  it("settles what the provider reports, and frees the rest at once", async () => {
    const { tokens } = await reservedBy(newText());
    const user = await withBudget("day", { tokens: tokens + 1_000 });
    const chatId = await newChat(user, { auto_title: false });
    for (let turn = 0; turn < 3; turn++) {
      const content = await script({ kind: "answer", times: 1 }, newText());
      const { status } = await user.post(`/chats/${chatId}/messages`, { content, stream: false });
      expect(status).toBe(200);
    }
    const [limit] = await limitsOf(user);
    const spent = await spentOf(user);
    expect(limit).toMatchObject({ unit: "tokens", reserved: "0", used: String(spent.tokens) });
    expect(Number(limit.left)).toBe(tokens + 1_000 - spent.tokens);
  });

  it("frees its reservation when the provider fails", async () => {
    const user = await withBudget("month", { tokens: 1_000_000 });
    const content = await script({ kind: "answer", errorStatus: 500 }, newText());
    expect((await ask(user, content)).status).toBe(502);
    await expectNothingReserved(user);
  });

  it("frees its reservation when it is stopped, and when its chat is deleted", async () => {
    const user = await withBudget("month", { tokens: 1_000_000 });
    for (const end of ["stop", "delete"] as const) {
      const chatId = await newChat(user, { auto_title: false });
      const content = await script({ kind: "answer", holdAfter: 1 }, newText());
      const sent = user.post(`/chats/${chatId}/messages`, { content, stream: false });
      await until(async () => (await user.get(`/chats/${chatId}`)).body.messages.length === 2);
      if (end === "stop") await user.post(`/chats/${chatId}/stop`);
      else await user.delete(`/chats/${chatId}`);
      await sent;
      await expectNothingReserved(user);
      await release(content);
    }
  });

  it("is not reserved twice when it is sent twice under one key", async () => {
    const { tokens } = await reservedBy(newText());
    const user = await withBudget("day", { tokens: Math.floor(tokens * 1.5) });
    const content = await script({ kind: "answer", holdAfter: 0 }, newText());
    const key = { "idempotency-key": crypto.randomUUID() };
    const sent = [1, 2, 3].map(() => ask(user, content, {}, key));
    await until(async () => (await limitsOf(user)).every(({ reserved }) => Number(reserved) > 0));
    await release(content);
    const responses: ApiResponse[] = await Promise.all(sent);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(responses.map(({ body }) => body.ai_response.id)).size).toBe(1);
  });

  it("is refused for a model without a price under a budget of money, and runs under one of tokens", async () => {
    const own = await startFastWorker({ BUDGETS: "{}", DEFAULT_MODEL: "house-model" });
    try {
      const paid = at(own.url, await withBudget("day", { cost: "5" }));
      const content = await script({ kind: "answer" }, newText());
      expectProblem(await ask(paid, content), 422, "model_unpriced");
      const counted = at(own.url, await withBudget("day", { tokens: 1_000_000 }));
      const response = await ask(counted, content);
      expect(response.body.usage.cost).toBeNull();
      const [limit] = await limitsOf(counted);
      expect(limit.unpriced_calls).toBeGreaterThan(0);
    } finally {
      await own.close();
    }
  });
});

describe("The budgets of an account", () => {
  it("name the limit that renews last when several are used up", async () => {
    const user = await withBudget("day", { tokens: 0 });
    await setBudget(user, "month", { tokens: 0, cost: "0" });
    const response = await ask(user, newText());
    expectProblem(response, 429, "budget_exhausted");
    expect(response.body.period).toBe("month");
    expect(new Date(response.body.renews_at).getUTCDate()).toBe(1);
  });

  it("are the configured ones, unless it has its own", async () => {
    const BUDGETS = JSON.stringify({ day: { tokens: 7, cost: "0.5" } });
    const own = await startFastWorker({ BUDGETS });
    try {
      const user = at(own.url, await signUp());
      expectProblem(await ask(user, newText()), 429, "budget_exhausted");
      expect(await limitsOf(user)).toMatchObject([
        { subject: "user", period: "day", unit: "tokens", limit: "7", left: "7" },
        { subject: "user", period: "day", unit: "cost", limit: "0.500000" },
      ]);
      await setBudget(user, "day", { tokens: 1_000_000 });
      const content = await script({ kind: "answer" }, newText());
      expect((await ask(user, content)).status).toBe(200);
      expect(await limitsOf(user)).toMatchObject([{ unit: "tokens", limit: "1000000" }]);
    } finally {
      await own.close();
    }
  });

  it("are never another's", async () => {
    const [rich, poor] = await Promise.all([
      withBudget("day", { tokens: 1_000_000 }),
      withBudget("day", { tokens: 0 }),
    ]);
    const content = await script({ kind: "answer" }, newText());
    expectProblem(await ask(poor, content), 429, "budget_exhausted");
    expect((await ask(rich, content)).status).toBe(200);
    const [limit] = await limitsOf(poor);
    expect(limit).toMatchObject({ used: "0", reserved: "0" });
  });
});

const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });

describe("Of the limits of a day and a month that are both used up", () => {
  const usedUp = { day: { tokens: 0, cost: "0" }, month: { tokens: 0, cost: "0" } };

  it.each([
    "2026-02-27T12:00:00Z",
    "2026-02-28T00:00:00Z",
    "2028-02-29T23:59:59.999Z",
    "2026-12-31T12:00:00Z",
  ])("the month's is named, also where both renew at the same time: at %s", async (asked) => {
    const { user } = await signUp();
    const payer = { userId: user.id, keyId: null };
    const limits = { defaults: usedUp, at: asked };
    const [limit] = await read(db, exhaustedSql(payer, limits));
    expect(limit).toEqual({ subject: "user", period: "month", unit: "tokens" });
    const answer = sql`SELECT gen_random_uuid() AS id, 1 AS prompt_tokens`;
    const needed = { models: [], completionTokens: 1 };
    const refusal = await read(db, reserveSql(payer, answer, needed, limits)).catch(
      (error: unknown) => error,
    );
    expect(violates(refusal, "budget_user_month_tokens")).toBe(true);
  });
});

describe("What a turn would reserve", () => {
  /** Fails where the answer, and with it the history of its chat, is read. */
  async function reserve({ user }: SignedIn, defaults = {}) {
    const answer = sql`
      SELECT gen_random_uuid() AS id, 1 / count(*)::int AS prompt_tokens FROM users WHERE id <> id`;
    const at = new Date().toISOString();
    const payer = { userId: user.id, keyId: null };
    return read(
      db,
      reserveSql(payer, answer, { models: [], completionTokens: 1 }, { defaults, at }),
    );
  }

  it("is computed only where a limit is configured, or set for the account or one of its keys", async () => {
    const [free, limited, withKey] = await Promise.all([signUp(), signUp(), signUp()]);
    await setBudget(limited, "day", { tokens: 1_000 });
    await query(
      "INSERT INTO budgets (subject_id, user_id, period, tokens) VALUES (gen_random_uuid(), $1, 'day', 1)",
      [withKey.user.id],
    );
    expect(await reserve(free)).toEqual([]);
    await expect(reserve(limited)).rejects.toThrow();
    await expect(reserve(withKey)).rejects.toThrow();
    await expect(reserve(free, { day: { tokens: 1_000 } })).rejects.toThrow();
  });
});
