import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeyClient, newApiKey } from "../../support/api-keys.ts";
import {
  at,
  type Body,
  type Client,
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
let ada: SignedIn;
beforeAll(async () => {
  worker = await startFastWorker({ BUDGETS: "{}", DEFAULT_MODEL: "gpt-4o-mini" });
  ada = at(worker.url, await signUp());
});
afterAll(() => worker.close());

const newKey = (of: SignedIn, budget: object): Promise<KeyClient> =>
  newApiKey(of, ["chat", "usage"], { budget, baseUrl: worker.url });

const ask = (client: Client, content: string) => client.post("/chat", { content, stream: false });

const limitsOf = async (client: Client): Promise<Body[]> =>
  (await client.get("/usage/limits")).body.limits;

const newText = () => `marker-${crypto.randomUUID()}`;

/** What one turn of such a text reserves, in dollars: read while it runs. */
async function reservedCost(): Promise<number> {
  const key = await newKey(ada, { month: { cost: "1000" } });
  const marker = await script({ kind: "answer", holdAfter: 0 }, newText());
  const sent = ask(key, marker);
  await until(async () => (await limitsOf(key)).some(({ reserved }) => Number(reserved) > 0));
  const [cost] = await limitsOf(key);
  await release(marker);
  expect((await sent).status).toBe(200);
  return Number(cost.reserved);
}

describe("The budget of an API key", () => {
  it("is set when the key is created, and shown in its list and to the key", async () => {
    const eve = await signUp();
    const limits = { day: { tokens: 5_000 }, month: { cost: "7.5" } };
    const { id, created } = await newApiKey(eve, ["usage"], { budget: limits });
    const budget = {
      day: { tokens: 5_000, cost: null },
      month: { tokens: null, cost: "7.500000" },
    };
    expect(created.budget).toEqual(budget);
    const plain = await newApiKey(eve, ["usage"]);
    const listed: Body[] = (await eve.get("/auth/keys")).body;
    expect(listed.find((key) => key.id === id).budget).toEqual(budget);
    expect(listed.find((key) => key.id === plain.id).budget).toEqual({ day: null, month: null });
    expect(await limitsOf(eve)).toEqual([]);
    expect(await limitsOf(plain)).toEqual([]);
  });

  it("with money for two turns lets exactly two of twenty parallel ones run", async () => {
    const cost = ((await reservedCost()) * 2.5).toFixed(12);
    const key = await newKey(ada, { day: { cost } });
    const marker = await script({ kind: "answer", holdAfter: 0 }, newText());
    const sent = Array.from({ length: 20 }, () => ask(key, marker));
    const responses = await releaseAfterRefusals(sent, 18, marker);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(2);
    for (const refused of responses.filter(({ status }) => status !== 200)) {
      expectProblem(refused, 429, "budget_exhausted");
      expect(refused.body).toMatchObject({ subject: "key", period: "day", unit: "cost" });
    }
    const [limit] = await limitsOf(key);
    expect(limit).toMatchObject({ subject: "key", reserved: "0.000000" });
    expect(Number(limit.used)).toBeGreaterThan(0);
  });

  it("limits neither the person nor another key", async () => {
    const [used, other] = [await newKey(ada, { day: { tokens: 0 } }), await newKey(ada, {})];
    const content = await script({ kind: "answer" }, newText());
    expectProblem(await ask(used, content), 429, "budget_exhausted");
    expect((await ask(other, content)).status).toBe(200);
    expect((await ask(ada, content)).status).toBe(200);
  });

  it("applies beside the one of the account, which what a key uses counts for", async () => {
    const eve = at(worker.url, await signUp());
    const key = await newKey(eve, { month: { tokens: 100_000_000 } });
    const content = await script({ kind: "answer" }, newText());
    expect((await ask(key, content)).status).toBe(200);
    await query(
      "INSERT INTO budgets (subject_id, user_id, period, tokens) VALUES ($1, $1, 'day', 100)",
      [eve.user.id],
    );
    const refused = await ask(key, content);
    expectProblem(refused, 429, "budget_exhausted");
    expect(refused.body.subject).toBe("user");
    const limits = await limitsOf(key);
    expect(limits.map(({ subject }) => subject)).toEqual(["user", "key"]);
    expect(new Set(limits.map(({ used }) => used)).size).toBe(1);
  });

  it("goes with the key, and with the account", async () => {
    const eve = await signUp();
    const { id } = await newApiKey(eve, ["usage"], { budget: { day: { tokens: 1 } } });
    await query("UPDATE api_keys SET revoked_at = now() - interval '31 days' WHERE id = $1", [id]);
    await newApiKey(eve, ["usage"], { budget: { month: { tokens: 2 } } });
    const left = () => query("SELECT period FROM budgets WHERE user_id = $1", [eve.user.id]);
    expect(await left()).toEqual([{ period: "month" }]);
    await eve.delete("/users/me", { password: eve.password });
    expect(await left()).toEqual([]);
  });
});
