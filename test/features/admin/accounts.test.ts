import { beforeAll, describe, expect, it } from "vitest";
import { signUpAdmin } from "../../support/admins.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { newChat, runningTurn } from "../../support/chats.ts";
import {
  anonymous,
  type Body,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";

let grace: SignedIn;
beforeAll(async () => {
  grace = await signUpAdmin();
});

const listed = async (search: string): Promise<Body[]> =>
  (await grace.get(`/admin/users?search=${encodeURIComponent(search)}`)).body.users;

const change = (of: SignedIn, body: object) => grace.patch(`/admin/users/${of.user.id}`, body);

async function actsOn({ user }: SignedIn) {
  return query(
    `SELECT e.kind, e.actor_id, d.details::json AS details FROM security_events AS e
     JOIN security_event_details AS d ON d.event_id = e.id
     WHERE e.user_id = $1 AND e.actor_id IS NOT NULL ORDER BY e.position`,
    [user.id],
  );
}

describe("GET /admin/users", () => {
  it("finds accounts by a part of the name or address in any case, and by the id", async () => {
    const word = `Zoë${crypto.randomUUID().slice(0, 8)}`;
    const zoe = await signUp(`${word} 100%_\\ Example`);
    const { id, email } = zoe.user;
    for (const search of [
      word.toUpperCase(),
      word.slice(2),
      "100%_\\ ex",
      email.toUpperCase(),
      id,
    ]) {
      const found = await listed(search);
      expect(
        found.map((user) => user.id),
        search,
      ).toContain(id);
    }
    // No character stands for others, and none quotes the next.
    for (const wild of ["%", "_", "\\", "%Example", " 100\\%"]) {
      expect(await listed(word + wild), wild).toEqual([]);
    }
    expect(await listed(crypto.randomUUID())).toEqual([]);
  });

  it("shows role, state, when the account was last seen, and what it used this month", async () => {
    const ada = await signUp();
    const { id, name, email, created_at } = ada.user;
    const [fresh] = await listed(id);
    expect(fresh).toEqual({
      id,
      name,
      email,
      role: "user",
      is_active: true,
      created_at,
      last_seen_at: created_at,
      budget: { day: null, month: null },
      usage: { calls: 0, tokens: 0, cost: "0.000000", currency: "USD", unpriced_calls: 0 },
    });
    const chatId = await newChat(ada, { auto_title: false });
    const content = await script({ kind: "answer", times: 1 });
    await ada.post(`/chats/${chatId}/messages`, { content, stream: false });
    const { totals } = (await ada.get("/usage")).body;
    const [used] = await listed(id);
    expect(used.usage).toMatchObject({ calls: 1, tokens: totals.total_tokens, cost: totals.cost });
  });

  it("pages through all, newest first, without gaps while accounts are created", async () => {
    const word = `page${crypto.randomUUID().slice(0, 8)}`;
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await signUp(`${word} ${n}`)).user.id);
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await grace.get(`/admin/users?search=${word}&limit=2${cursor}`);
      seen.push(...body.users.map((user: Body) => user.id));
      cursor = body.next_cursor && `&cursor=${body.next_cursor}`;
      await signUp(`${word} later`);
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  it("refuses a malformed cursor, and a limit out of range", async () => {
    for (const cursor of ["x", "WzEsMl0", "bnVsbA"]) {
      expectProblem(
        await grace.get(`/admin/users?cursor=${cursor}`),
        422,
        "validation_failed",
        "?cursor",
      );
    }
    expectProblem(await grace.get("/admin/users?limit=101"), 422, "validation_failed", "?limit");
  });
});

describe("The routes of administrators", () => {
  it("do not exist for anybody else, nor for a former administrator", async () => {
    const [eve, former] = [await signUp(), await signUpAdmin()];
    await query("UPDATE users SET role = 'user' WHERE id = $1", [former.user.id]);
    for (const client of [eve, former]) {
      expectProblem(await client.get("/admin/users"), 404, "not_found");
      expectProblem(await client.get("/admin/usage"), 404, "not_found");
      const own = await client.patch(`/admin/users/${eve.user.id}`, { role: "admin" });
      expectProblem(own, 404, "not_found");
    }
    expectProblem(await anonymous().get("/admin/users"), 401, "unauthenticated");
    expect((await listed(eve.user.id))[0].role).toBe("user");
  });

  it("change no account that does not exist", async () => {
    const response = await grace.patch(`/admin/users/${crypto.randomUUID()}`, { role: "admin" });
    expectProblem(response, 404, "not_found");
    expectProblem(await grace.patch("/admin/users/7", {}), 404, "not_found");
  });
});

describe("PATCH /admin/users/{id}", () => {
  it("deactivates: sessions and keys end, and a running answer goes on to its end", async () => {
    const ada = await signUp();
    const key = await newApiKey(ada);
    const turn = await runningTurn(ada);
    const { status, body } = await change(ada, { is_active: false });
    expect(status).toBe(200);
    expect(body.is_active).toBe(false);
    expect(await turn.rest()).not.toContain("stream_complete");
    expectProblem(await key.get("/chats"), 401, "invalid_token");
    const refreshed = await anonymous().post("/auth/refresh", { refresh_token: ada.refreshToken });
    expectProblem(refreshed, 401, "invalid_token");
    const credentials = { email: ada.user.email, password: ada.password };
    expectProblem(await anonymous().post("/auth/login", credentials), 401, "invalid_credentials");
    await turn.finish();
    expect((await change(ada, { is_active: true })).body.is_active).toBe(true);
    const again = await anonymous().post("/auth/login", credentials);
    expect(again.status).toBe(200);
    const { body: messages } = await ada.get(`/chats/${turn.chatId}/messages`);
    expect(messages.at(-1).status).toBe("complete");
    expectProblem(await key.get("/chats"), 401, "invalid_token");
    expect((await actsOn(ada)).map(({ kind }) => kind)).toEqual([
      "account_deactivated",
      "account_reactivated",
    ]);
  });

  it("records each change once, with the administrator, and nothing that stays as it was", async () => {
    const ada = await signUp();
    await change(ada, { role: "admin", is_active: true, budget: null });
    await change(ada, { role: "admin" });
    await change(ada, {});
    await change(ada, { role: "user", budget: { day: { tokens: 5, cost: "0.50" }, month: null } });
    const acts = (await actsOn(ada)).map(({ kind, actor_id, details }) => ({
      kind,
      actor_id,
      details: JSON.parse(details ?? "null"),
    }));
    const budget = { day_tokens: 5, day_cost: "0.50", month_tokens: null, month_cost: null };
    expect(acts).toEqual([
      { kind: "role_changed", actor_id: grace.user.id, details: { role: "admin" } },
      { kind: "role_changed", actor_id: grace.user.id, details: { role: "user" } },
      { kind: "budget_changed", actor_id: grace.user.id, details: budget },
    ]);
  });

  it("sets, replaces and takes away the budget, one period at a time", async () => {
    const ada = await signUp();
    const set = async (budget: object) => (await change(ada, { budget })).body.budget;
    const day = { tokens: 1_000, cost: null };
    const month = { tokens: null, cost: "12.500000" };
    expect(await set({ day: { tokens: 1_000 } })).toEqual({ day, month: null });
    expect(await set({ month: { cost: "12.5" } })).toEqual({ day, month });
    expect((await ada.get("/usage/limits")).body.limits).toMatchObject([
      { subject: "user", period: "day", unit: "tokens", limit: "1000" },
      { subject: "user", period: "month", unit: "cost", limit: "12.500000" },
    ]);
    expect(await set({ day: null })).toEqual({ day: null, month });
    const most = { tokens: Number.MAX_SAFE_INTEGER, cost: "99999999.999999999999" };
    expect(await set({ day: most, month: {} })).toEqual({
      day: most,
      month: { tokens: null, cost: null },
    });
  });

  it("refuses budgets that are no amounts, and unknown roles and fields", async () => {
    const ada = await signUp();
    const refused: [object, string][] = [
      [{ budget: { day: { tokens: -1 } } }, "/budget/day/tokens"],
      [{ budget: { day: { tokens: 1.5 } } }, "/budget/day/tokens"],
      [{ budget: { day: { cost: "1e3" } } }, "/budget/day/cost"],
      [{ budget: { day: { cost: 5 } } }, "/budget/day/cost"],
      [{ budget: { month: { cost: "-1" } } }, "/budget/month/cost"],
      [{ budget: { week: {} } }, "/budget/week"],
      [{ role: "owner" }, "/role"],
      [{ email: "eve@example.com" }, "/email"],
    ];
    for (const [body, pointer] of refused) {
      expectProblem(await change(ada, body), 422, "validation_failed", pointer);
    }
  });
});

describe("GET /admin/usage", () => {
  it("sums the usage of all accounts by account, day and model", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    const model = `model-${crypto.randomUUID()}`;
    for (const [{ user }, day] of [
      [ada, "1999-11-01"],
      [ada, "1999-11-02"],
      [bob, "1999-11-02"],
    ] as const) {
      await query(
        `INSERT INTO ai_usage (id, user_id, service_type, attempt, provider, model_name, prompt_tokens,
           completion_tokens, total_tokens, cost_estimate, estimated, created_at)
         VALUES (gen_random_uuid(), $1, 'answer', 1, 'openai', $2, 10, 5, 15, 0.25, false, $3::timestamptz)`,
        [user.id, model, `${day}T12:00:00Z`],
      );
    }
    const by = async (grouping: string) =>
      (await grace.get(`/admin/usage?from=1999-11-01&to=1999-12-01${grouping}`)).body;
    const { totals, series, group_by } = await by("");
    expect(group_by).toBe("user");
    expect(totals).toMatchObject({ calls: 3, total_tokens: 45, cost: "0.750000" });
    expect(series).toMatchObject([
      { key: ada.user.id, calls: 2, cost: "0.500000" },
      { key: bob.user.id, calls: 1 },
    ]);
    expect((await by("&group_by=day")).series).toMatchObject([
      { key: "1999-11-01", calls: 1 },
      { key: "1999-11-02", calls: 2 },
    ]);
    expect((await by("&group_by=model")).series).toMatchObject([{ key: model, calls: 3 }]);
    const csv = await grace.fetch("/admin/usage?from=1999-11-01&to=1999-12-01", {
      headers: { accept: "text/csv" },
    });
    expect((await csv.text()).split("\r\n")[1]).toMatch(new RegExp(`^${ada.user.id},2,20,10,30,`));
  });
});
