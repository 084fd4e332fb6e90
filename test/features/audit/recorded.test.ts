import { describe, expect, it } from "vitest";
import { anonymous, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";

const nobody = anonymous();

const kindsOf = async ({ user }: SignedIn) => {
  const sql = "SELECT kind FROM security_events WHERE user_id = $1 ORDER BY position";
  return (await query(sql, [user.id])).map(({ kind }) => kind).slice(2);
};

const fail = (email: string, headers = {}) =>
  nobody.post("/auth/login", { email, password: "not the password" }, headers);

describe("a failed sign-in", () => {
  it("is recorded for an existing account, once per address and minute", async () => {
    const ada = await signUp();
    for (let times = 0; times < 3; times += 1) {
      expect((await fail(ada.user.email)).status).toBe(401);
      await until(async () => (await kindsOf(ada)).length > 0);
    }
    expect(await kindsOf(ada)).toEqual(["sign_in_failed"]);
    const [latest] = (await ada.get("/auth/events?limit=1")).body.events;
    expect(latest).toMatchObject({ kind: "sign_in_failed", session_id: null });
    expect(JSON.stringify(latest)).not.toContain("not the password");
  });

  it("is recorded no more than twenty times per hour, whatever the addresses", async () => {
    const ada = await signUp();
    await query(
      `INSERT INTO security_events (id, user_id, position, kind, details_hash, created_at, hash)
       SELECT gen_random_uuid(), $1::uuid, 0, 'sign_in_failed', 'none', now(), ''
       FROM generate_series(1, 20)`,
      [ada.user.id],
    );
    await fail(ada.user.email);
    const login = { email: ada.user.email, password: ada.password };
    expect((await nobody.post("/auth/login", login)).status).toBe(200);
    const kinds = await kindsOf(ada);
    expect(kinds.filter((kind) => kind === "sign_in_failed")).toHaveLength(20);
  });

  it("of an unknown address leaves nothing", async () => {
    const program = `Program ${crypto.randomUUID()}`;
    const address = `nobody.${crypto.randomUUID()}@example.com`;
    expect((await fail(address, { "user-agent": program })).status).toBe(401);
    const ada = await signUp();
    await fail(ada.user.email, { "user-agent": program });
    await until(async () => (await kindsOf(ada)).length > 0);
    const sql = "SELECT 1 FROM security_event_details WHERE details LIKE '%' || $1 || '%'";
    expect(await query(sql, [program])).toHaveLength(1);
  });
});

it("Signing out is recorded once, though it is sent five times at once", async () => {
  const ada = await signUp();
  await Promise.all(Array.from({ length: 5 }, () => ada.post("/auth/logout", {})));
  expect(await kindsOf(ada)).toEqual(["signed_out"]);
});

it("A requested change of the e-mail address is recorded, and a change of the name is not", async () => {
  const ada = await signUp();
  await ada.patch("/users/me", { name: "Ada Other" });
  const email = `other.${crypto.randomUUID()}@example.com`;
  await ada.patch("/users/me", { email, current_password: ada.password });
  await ada.patch("/users/me", { email: ada.user.email, current_password: ada.password });
  expect(await kindsOf(ada)).toEqual(["email_change_requested"]);
  const [latest] = (await ada.get("/auth/events?limit=1")).body.events;
  expect(latest.details).toMatchObject({ email });
});
