import { describe, expect, it } from "vitest";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";

/** Events without a request, appended by one statement. */
const plantEvents = (of: SignedIn, count: number) =>
  query(
    `INSERT INTO security_events (id, user_id, position, kind, details_hash, created_at, hash)
     SELECT gen_random_uuid(), $1::uuid, 0, 'signed_in', 'none', now(), ''
     FROM generate_series(1, $2::int)`,
    [of.user.id, String(count)],
  );

async function signUpAdmin(): Promise<SignedIn> {
  const admin = await signUp("Admin Example");
  await query("UPDATE users SET role = 'admin' WHERE id = $1", [admin.user.id]);
  return admin;
}

/** Pages of all events, newest first: other tests have theirs between. Reads on until `isEnough`. */
async function listUntil(
  admin: SignedIn,
  limit: number,
  isEnough: (events: Body[]) => boolean,
): Promise<Body[]> {
  const events: Body[] = [];
  let cursor = "";
  while (!isEnough(events)) {
    const { body } = await admin.get(`/admin/events?limit=${limit}${cursor}`);
    events.push(...body.events);
    if (!body.next_cursor) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  return events;
}

const ownOf = (events: Body[], { user }: SignedIn) =>
  events.filter(({ user_id: userId }) => userId === user.id);

describe("a user's own security events", () => {
  it("are listed newest first, with where they came from", async () => {
    const ada = await signUp();
    const { status, body } = await ada.get("/auth/events");
    expect(status).toBe(200);
    expect(body.next_cursor).toBe(null);
    expect(body.events.map(({ kind }: { kind: string }) => kind)).toEqual([
      "signed_in",
      "account_created",
    ]);
    expect(body.events[0]).toMatchObject({
      session_id: expect.any(String),
      actor_id: null,
      details: { method: "password", user_agent: expect.any(String) },
    });
  });

  it("are shown once each over all pages, while others are added", async () => {
    const ada = await signUp();
    await plantEvents(ada, 10);
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await ada.get(`/auth/events?limit=5${cursor}`);
      seen.push(...body.events.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : "";
      if (seen.length === 5) await plantEvents(ada, 3);
    } while (cursor);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  it("are no one else's, whatever cursor is sent", async () => {
    const [ada, eve] = [await signUp(), await signUp()];
    await plantEvents(ada, 10);
    const { next_cursor: cursor } = (await ada.get("/auth/events?limit=5")).body;
    const { events } = (await eve.get(`/auth/events?cursor=${cursor}`)).body;
    expect(events).toHaveLength(2);
    for (const bad of ["x", "WyJ4Il0", "WzAuNV0", "Wy0xXQ", "WzFlOTld"]) {
      expectProblem(await eve.get(`/auth/events?cursor=${bad}`), 422, "validation_failed");
    }
  });

  it("are appended to one chain, though twenty happen at once", async () => {
    const ada = await signUp();
    await Promise.all(Array.from({ length: 20 }, () => plantEvents(ada, 1)));
    const rows = await query(
      `SELECT position, hash = security_event_hash(lag(hash, 1, '') OVER (ORDER BY position), e) AS ok
       FROM security_events AS e WHERE user_id = $1 ORDER BY position`,
      [ada.user.id],
    );
    expect(rows.map(({ position }) => Number(position))).toEqual(
      Array.from({ length: 22 }, (_, index) => index + 1),
    );
    expect(rows.every(({ ok }) => ok === "t")).toBe(true);
  });
});

describe("the events of all accounts", () => {
  it("do not exist for anybody but administrators, at once when the role is withdrawn", async () => {
    const admin = await signUpAdmin();
    expectProblem(await (await signUp()).get("/admin/events"), 404, "not_found");
    expect((await admin.get("/admin/events?limit=1")).status).toBe(200);
    await query("UPDATE users SET role = 'user' WHERE id = $1", [admin.user.id]);
    expectProblem(await admin.get("/admin/events"), 404, "not_found");
    const lines = await admin.fetch("/admin/events", { headers: { accept: "application/jsonl" } });
    expect(lines.status).toBe(404);
  });

  it("are listed newest first in pages, with their position in the chain", async () => {
    const admin = await signUpAdmin();
    const ada = await signUp();
    const all = await listUntil(admin, 2, (events) => ownOf(events, ada).length === 2);
    const times = all.map(({ created_at: at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(ownOf(all, ada)).toMatchObject([
      { position: 2, hash: expect.any(String) },
      { position: 1 },
    ]);
  });

  it("are exported as JSON Lines, oldest first, over many pages", async () => {
    const admin = await signUpAdmin();
    const ada = await signUp();
    await plantEvents(ada, 1_200);
    for (const accept of ["application/jsonl", "application/x-ndjson"]) {
      const response = await admin.fetch("/admin/events", { headers: { accept } });
      expect(response.headers.get("content-type")).toBe(accept);
      const lines = (await response.text()).trimEnd().split("\n");
      const events = lines.map((line) => JSON.parse(line));
      const own = events.filter((event) => event.user_id === ada.user.id);
      expect(own).toHaveLength(1_202);
      const times = events.map((event) => Date.parse(event.created_at));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it("stay when an account is erased, without what is personal", async () => {
    const admin = await signUpAdmin();
    const ada = await signUp();
    await ada.delete("/users/me", { password: ada.password });
    const events = await listUntil(admin, 50, (listed) => ownOf(listed, ada).length === 3);
    const own = ownOf(events, ada);
    expect(own.map(({ kind }: { kind: string }) => kind)).toEqual([
      "account_erased",
      "signed_in",
      "account_created",
    ]);
    expect(own.every(({ details }: { details: unknown }) => details === null)).toBe(true);
  });
});
