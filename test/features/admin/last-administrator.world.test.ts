import { afterAll, beforeAll, expect, it } from "vitest";
import { makeAdmin } from "../../support/admins.ts";
import { expectProblem, type SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";

/** A world in which nobody else is an administrator. */
let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
}, WORLD_START_MS);
afterAll(() => world.close());

const admins = async (): Promise<number> => {
  const rows = await world.query("SELECT id FROM users WHERE role = 'admin' AND is_active");
  return rows.length;
};

const change = (actor: SignedIn, of: SignedIn, body: object) =>
  actor.patch(`/admin/users/${of.user.id}`, body);

const WITHDRAWALS = [{ role: "user" }, { is_active: false }];

it("The last active administrator can be neither demoted nor deactivated", async () => {
  const [grace, idle] = [await world.signUp(), await world.signUp()];
  await makeAdmin(grace, world);
  await makeAdmin(idle, world);
  await world.query("UPDATE users SET is_active = false WHERE id = $1", [idle.user.id]);
  for (const body of WITHDRAWALS) {
    const withBudget = { ...body, budget: { day: { tokens: 1 } } };
    expectProblem(await change(grace, grace, withBudget), 409, "last_administrator");
  }
  expect(await admins()).toBe(1);
  // Nothing of a refused change is applied.
  expect((await grace.get("/usage/limits")).body.limits).toEqual([]);
  expect((await change(grace, idle, { role: "user" })).body.role).toBe("user");
  const renamed = await change(grace, grace, { role: "admin", is_active: true });
  expect(renamed.status).toBe(200);
  await world.query("UPDATE users SET role = 'user'");
});

it("Administrators who withdraw each other at once leave one", async () => {
  for (const body of WITHDRAWALS) {
    const team = await Promise.all([1, 2, 3].map(() => world.signUp()));
    for (const each of team) await makeAdmin(each, world);
    const responses = await Promise.all(
      team.flatMap((actor) => team.map((of) => change(actor, of, body))),
    );
    const statuses = new Set(responses.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 404, 409]));
    expect(await admins()).toBe(1);
    await world.query("UPDATE users SET role = 'user'");
  }
});

it("A change whose response was lost is applied once, even one's own demotion", async () => {
  const [grace, other] = [await world.signUp(), await world.signUp()];
  await makeAdmin(grace, world);
  await makeAdmin(other, world);
  const remove = await world.injectFault({
    contains: "account_change.outcome",
    kind: "cut_after_commit",
    times: 1,
  });
  const before = (await world.callsContaining("account_change.outcome")).length;
  expect((await change(grace, grace, { role: "user" })).body.role).toBe("user");
  expect((await world.callsContaining("account_change.outcome")).length - before).toBe(2);
  await remove();
  const events = await world.query(
    "SELECT kind FROM security_events WHERE user_id = $1 AND kind = 'role_changed'",
    [grace.user.id],
  );
  expect(events).toHaveLength(1);
  await world.query("UPDATE users SET role = 'user'");
});
