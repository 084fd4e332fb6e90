import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

type Row = {
  at: string;
  kind?: string;
  model?: string;
  tokens?: [prompt: number, completion: number];
  cost?: string | null;
  chatId?: string | null;
};

async function addUsage(user: SignedIn, rows: Row[]) {
  for (const {
    at,
    kind = "answer",
    model = "gpt-4o-mini",
    tokens = [10, 5],
    cost = "0.000100",
    chatId = null,
  } of rows) {
    await query(
      `INSERT INTO ai_usage (id, user_id, chat_id, service_type, attempt, provider, model_name, prompt_tokens,
         completion_tokens, total_tokens, cost_estimate, estimated, created_at)
       VALUES (gen_random_uuid(), $1, $2, $3, 1, 'openai', $4, $5, $6, $5::int + $6::int, $7, false, $8)`,
      [user.user.id, chatId, kind, model, tokens[0], tokens[1], cost, at],
    );
  }
}

const NOVEMBER = "from=2026-11-01&to=2026-12-01";

describe("The usage of an account", () => {
  it("is what its answers report, to the last micro-unit", async () => {
    const user = await signUp();
    const chatId = await newChat(user, { auto_title: false });
    let [tokens, micros] = [0, 0n];
    for (let turn = 0; turn < 3; turn++) {
      const content = await script({ kind: "answer", times: 1 });
      const { body } = await user.post(`/chats/${chatId}/messages`, { content, stream: false });
      tokens += body.usage.total_tokens;
      micros += BigInt(body.usage.cost.replace(".", "").padEnd(14, "0").slice(0, 14));
    }
    const { body } = await user.get("/usage?group_by=chat");
    expect(body.series).toMatchObject([
      { key: chatId, calls: 3, total_tokens: tokens, unpriced_calls: 0 },
    ]);
    expect(BigInt(body.totals.cost.replace(".", "").padEnd(14, "0").slice(0, 14))).toBe(micros);
  });

  it("is summed by day, model, kind and chat, in days of UTC", async () => {
    const user = await signUp();
    const chatId = await newChat(user);
    await addUsage(user, [
      { at: "2026-10-31T23:59:59.999Z" },
      { at: "2026-11-01T00:00:00.000Z", chatId },
      {
        at: "2026-11-01T23:59:59.999Z",
        kind: "title",
        model: "gpt-4o",
        tokens: [100, 50],
        cost: null,
      },
      { at: "2026-11-30T12:00:00.000Z", chatId },
      { at: "2026-12-01T00:00:00.000Z" },
    ]);
    const by = async (grouping: string) =>
      (await user.get(`/usage?${NOVEMBER}&group_by=${grouping}`)).body;
    const { totals, series } = await by("day");
    expect(totals).toMatchObject({
      calls: 3,
      total_tokens: 180,
      cost: "0.000200",
      unpriced_calls: 1,
    });
    expect(series).toMatchObject([
      { key: "2026-11-01", calls: 2, total_tokens: 165, cost: "0.000100", unpriced_calls: 1 },
      { key: "2026-11-30", calls: 1 },
    ]);
    expect((await by("model")).series).toMatchObject([
      { key: "gpt-4o", cost: "0.000000" },
      { key: "gpt-4o-mini", calls: 2 },
    ]);
    expect((await by("kind")).series.map(({ key }: { key: string }) => key)).toEqual([
      "title",
      "answer",
    ]);
    expect((await by("chat")).series).toMatchObject([
      { key: null, calls: 1 },
      { key: chatId, calls: 2 },
    ]);
  });

  it("keeps the cost of a deleted chat, under no key", async () => {
    const user = await signUp();
    const chatId = await newChat(user);
    await addUsage(user, [{ at: "2026-11-03T10:00:00.000Z", chatId }]);
    await user.delete(`/chats/${chatId}`);
    expect((await user.get(`/usage?${NOVEMBER}&group_by=chat`)).body.series).toMatchObject([
      { key: null, calls: 1 },
    ]);
  });

  it("by chat is that of the thousand chats with the most tokens", async () => {
    const user = await signUp();
    const many = 1_020;
    await query(
      `WITH ids AS (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::int) AS n), made AS (
         INSERT INTO chats (id, user_id, title, created_at, updated_at)
         SELECT id, $1, 'Lease', now(), now() FROM ids
       )
       INSERT INTO usage_sums (user_id, day, kind, model, chat_id, calls, prompt_tokens, completion_tokens,
         cached_tokens, reasoning_tokens, cost, unpriced_calls, estimated_calls)
       SELECT $1, '2026-11-01', 'answer', 'gpt-4o-mini', id, 1, n, 0, 0, 0, 0.0001, 0, 0 FROM ids`,
      [user.user.id, String(many)],
    );
    const { body } = await user.get(`/usage?group_by=chat&${NOVEMBER}`);
    expect(body.series).toHaveLength(1_000);
    expect(body.series[0].total_tokens).toBe(many);
    expect(body.series.at(-1).total_tokens).toBe(21);
  });

  it("is another's to nobody", async () => {
    const other = await signUp();
    await addUsage(ada, [{ at: "2026-11-03T10:00:00.000Z" }]);
    expect((await other.get(`/usage?${NOVEMBER}`)).body).toMatchObject({
      totals: { calls: 0 },
      series: [],
    });
  });

  it("is a table for a spreadsheet, in which no name is a formula", async () => {
    const user = await signUp();
    await addUsage(user, [{ at: "2026-11-03T10:00:00.000Z", model: '=HYPERLINK("x"),a' }]);
    const response = await user.fetch(`/usage?${NOVEMBER}&group_by=model`, {
      headers: { accept: "text/csv" },
    });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toContain(
      "usage-2026-11-01-2026-12-01-by-model.csv",
    );
    const [head, row] = (await response.text()).split("\r\n");
    expect(head).toBe(
      "key,calls,prompt_tokens,completion_tokens,total_tokens,cached_tokens,reasoning_tokens,cost,currency,unpriced_calls,estimated_calls",
    );
    expect(row).toBe(`"'=HYPERLINK(""x""),a",1,10,5,15,0,0,0.000100,USD,0,0`);
  });

  it.each(["from=yesterday", "to=2026-13-01", "group_by=user", "from=0000-01-01"])(
    "refuses %s",
    async (parameters) => {
      expectProblem(await ada.get(`/usage?${parameters}`), 422, "validation_failed");
    },
  );
});

describe("The ledger", () => {
  it("refuses to change what was counted, and lets its chat go", async () => {
    const user = await signUp();
    const chatId = await newChat(user);
    await addUsage(user, [{ at: "2026-11-03T10:00:00.000Z", chatId }]);
    const change = query("UPDATE ai_usage SET cost_estimate = 0 WHERE user_id = $1", [
      user.user.id,
    ]);
    await expect(change).rejects.toThrow("append-only");
    await query("UPDATE ai_usage SET chat_id = NULL WHERE user_id = $1", [user.user.id]);
  });

  it("has the rates that were used", async () => {
    const user = await signUp();
    const content = await script({ kind: "answer", times: 1 });
    await user.post("/chat", { content, stream: false });
    const [row] = await query(
      "SELECT rates FROM ai_usage WHERE user_id = $1 AND service_type = 'answer'",
      [user.user.id],
    );
    const rates = JSON.parse(String(row?.rates));
    expect(rates).toMatchObject({ prompt: 150_000, completion: 600_000 });
  });
});
