import { beforeAll, describe, expect, it } from "vitest";
import { signUpAdmin } from "../../support/admins.ts";
import { type KeyClient, newApiKey } from "../../support/api-keys.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { signInAgain } from "../../support/sessions.ts";

const BUDGET = { day: { tokens: 5_000 }, month: { cost: "7.5" } };
const SHOWN = { day: { tokens: 5_000, cost: null }, month: { tokens: null, cost: "7.500000" } };

let ada: SignedIn;
let grace: SignedIn;
beforeAll(async () => {
  [ada, grace] = await Promise.all([signUp(), signUpAdmin()]);
});

const newKey = (budget?: object): Promise<KeyClient> =>
  newApiKey(ada, ["usage"], budget && { budget });

const change = (by: Pick<SignedIn, "patch">, { id }: { id: string }, body: unknown) =>
  by.patch(`/auth/keys/${id}`, body);

/** The events of changes of a key, oldest first. */
async function changesOf({ id }: { id: string }): Promise<Body[]> {
  const rows = await query(
    `SELECT e.actor_id, e.session_id, d.details FROM security_events AS e
     JOIN security_event_details AS d ON d.event_id = e.id
     WHERE e.kind = 'api_key_changed' AND e.key_id = $1 ORDER BY e.position`,
    [id],
  );
  return rows.map(({ details, ...row }) => ({ ...row, details: JSON.parse(details ?? "") }));
}

const shownOf = async ({ id }: { id: string }): Promise<Body> =>
  (await ada.get("/auth/keys")).body.find((key: Body) => key.id === id);

describe("an API key", () => {
  it("gets another name and budget from its owner, who finds that among the security events", async () => {
    const key = await newKey();
    const { status, body } = await change(ada, key, { name: "Weekly import", budget: BUDGET });
    expect(status).toBe(200);
    expect(body).toEqual({ ...(await shownOf(key)), name: "Weekly import", budget: SHOWN });
    expect(body).toMatchObject({ scopes: ["usage"], prefix: key.created.prefix });
    const limits: Body[] = (await key.get("/usage/limits")).body.limits;
    expect(limits.map(({ subject, period, limit }) => [subject, period, limit])).toEqual(
      expect.arrayContaining([
        ["key", "day", "5000"],
        ["key", "month", "7.500000"],
      ]),
    );
    expect(await changesOf(key)).toMatchObject([
      {
        actor_id: null,
        session_id: expect.any(String),
        details: { name: "Weekly import", day_tokens: 5_000, month_cost: "7.5" },
      },
    ]);
    const { events } = (await ada.get("/auth/events")).body;
    expect(events[0]).toMatchObject({ kind: "api_key_changed", key_id: key.id });
  });

  it("keeps what a change leaves out, and loses a limit that it sets to null", async () => {
    const key = await newKey(BUDGET);
    const { body } = await change(ada, key, { budget: { day: null } });
    expect(body).toMatchObject({ name: "A program", budget: { ...SHOWN, day: null } });
    expect((await change(ada, key, { name: "Other" })).body.budget.month).toEqual(SHOWN.month);
    expect(await changesOf(key)).toHaveLength(2);
    expect((await change(ada, key, {})).body).toMatchObject({ name: "Other" });
    expect((await change(ada, key, { name: null, budget: {} })).status).toBe(200);
    expect(await changesOf(key)).toHaveLength(2);
  });

  it("is changed once where the response was lost", async () => {
    const key = await newKey();
    const fault = { contains: key.id, kind: "cut_after_commit", times: 1 } as const;
    const remove = await injectFault({ ...fault, contains: "SET name = coalesce" });
    const { status, body } = await change(ada, key, { name: "Once" });
    await remove();
    expect([status, body.name]).toEqual([200, "Once"]);
    expect((await callsContaining("Once")).length).toBeGreaterThan(0);
    expect(await changesOf(key)).toHaveLength(1);
  });

  it.each([
    [{ scopes: ["chat"] }],
    [{ name: "" }],
    [{ budget: { year: null } }],
    [{ budget: { month: { cost: "1e3" } } }],
    [{ budget: { day: { tokens: -1 } } }],
  ])("refuses the change %j", async (body) => {
    expectProblem(await change(ada, await newKey(), body), 422, "validation_failed");
  });

  it("is changed by nobody else, by no key, and not by an ended session", async () => {
    const key = await newKey(BUDGET);
    const eve = await signUp();
    expectProblem(await change(eve, key, { budget: { day: null } }), 404, "not_found");
    expectProblem(await change(key, key, { budget: { day: null } }), 403, "insufficient_scope");
    const ended = await signInAgain(ada);
    await ended.post("/auth/logout");
    expectProblem(await change(ended, key, { budget: { day: null } }), 401, "invalid_token");
    expectProblem(await change(ada, { id: crypto.randomUUID() }, {}), 404, "not_found");
    expect((await shownOf(key)).budget).toEqual(SHOWN);
    await ada.delete(`/auth/keys/${key.id}`);
    expectProblem(await change(ada, key, { budget: { day: null } }), 404, "not_found");
    expect(await changesOf(key)).toEqual([]);
  });
});

describe("an administrator", () => {
  it("sets the budget of any account's key, on the record, without an address", async () => {
    const key = await newKey();
    expect((await change(grace, key, { budget: BUDGET })).body.budget).toEqual(SHOWN);
    expect(await changesOf(key)).toEqual([
      {
        actor_id: grace.user.id,
        session_id: null,
        details: { day_tokens: 5_000, day_cost: null, month_tokens: null, month_cost: "7.5" },
      },
    ]);
  });

  it("does not rename it", async () => {
    const key = await newKey();
    const body = { name: "Mine", budget: BUDGET };
    expectProblem(await change(grace, key, body), 404, "not_found");
    expect(await shownOf(key)).toMatchObject({ name: "A program", budget: { day: null } });
  });

  it("sets nothing with a role that was withdrawn", async () => {
    const key = await newKey();
    const former = await signUpAdmin();
    await query("UPDATE users SET role = 'user' WHERE id = $1", [former.user.id]);
    expectProblem(await change(former, key, { budget: BUDGET }), 404, "not_found");
  });
});
