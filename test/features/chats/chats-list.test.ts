import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeCursor } from "../../../src/lib/cursor.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { newChat, say } from "../../support/chats.ts";
import { query } from "../../support/postgres.ts";

let ada: SignedIn;

/** Chats with these titles; the first has the newest activity. */
async function chatsOf(titles: string[], at = "2026-01-31T12:00:00.000Z"): Promise<string[]> {
  const newest = Date.parse(at);
  const rows = titles.map((title, index) => ({
    id: crypto.randomUUID(),
    title,
    at: new Date(newest - index).toISOString(),
  }));
  await query(
    `INSERT INTO chats (id, user_id, title, created_at, updated_at)
     SELECT r.id, $1::uuid, r.title, r.at, r.at
     FROM json_to_recordset($2::json) AS r (id uuid, title text, at timestamptz)`,
    [ada.user.id, JSON.stringify(rows)],
  );
  return rows.map((row) => row.id);
}

const idsOf = (body: Body): string[] => body.chats.map((chat: { id: string }) => chat.id);

async function list(parameters = ""): Promise<Body> {
  const { status, body } = await ada.get(`/chats?${parameters}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

describe("the list of chats", () => {
  beforeEach(async () => {
    ada = await signUp();
  });

  it("is empty for a new account", async () => {
    const nothing = { chats: [], total: 0, limit: 50, offset: 0, next_cursor: null };
    expect(await list()).toEqual(nothing);
  });

  it("has pinned chats first, then the newest activity, and never messages", async () => {
    const [first = "", second = "", third = ""] = await chatsOf(["a", "b", "c"]);
    await ada.patch(`/chats/${third}`, { pinned: true });
    expect(idsOf(await list())).toEqual([third, first, second]);
    await say(ada, second, "Hello");
    const body = await list();
    expect(idsOf(body)).toEqual([third, second, first]);
    for (const chat of body.chats) expect(chat).not.toHaveProperty("messages");
  });

  it("omits archived chats unless asked for", async () => {
    const [first = "", second = ""] = await chatsOf(["a", "b"]);
    await ada.patch(`/chats/${first}`, { archived: true });
    expect(idsOf(await list())).toEqual([second]);
    expect(idsOf(await list("archived=false"))).toEqual([second]);
    const archived = await list("archived=true");
    expect(idsOf(archived)).toEqual([first]);
    expect(archived.total).toBe(1);
  });

  it("pages by limit and offset", async () => {
    const ids = await chatsOf(["a", "b", "c", "d", "e"]);
    const page = await list("limit=2&offset=2");
    expect(idsOf(page)).toEqual(ids.slice(2, 4));
    expect(page).toMatchObject({ total: 5, limit: 2, offset: 2 });
    expect(idsOf(await list("limit=2&offset=99"))).toEqual([]);
    expect((await list("limit=2&offset=3")).next_cursor).toBeNull();
  });

  it("pages by cursor, which wins over an offset", async () => {
    const ids = await chatsOf(["a", "b", "c", "d", "e"]);
    const { next_cursor: cursor } = await list("limit=2");
    const page = await list(`limit=2&offset=4&cursor=${cursor}`);
    expect(idsOf(page)).toEqual(ids.slice(2, 4));
    expect(page).toMatchObject({ total: 5, offset: 0 });
    const last = await list(`limit=2&cursor=${page.next_cursor}`);
    expect(idsOf(last)).toEqual(ids.slice(4));
    expect(last.next_cursor).toBeNull();
  });

  it("orders chats of the same moment", async () => {
    const ids = await chatsOf(["a", "b", "c", "d", "e"]);
    await query("UPDATE chats SET updated_at = '2026-02-01T00:00:00Z' WHERE user_id = $1", [
      ada.user.id,
    ]);
    const seen: string[] = [];
    for (let cursor = ""; cursor !== "null";) {
      const page = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      cursor = String(page.next_cursor);
    }
    expect(seen).toEqual(ids.toSorted().toReversed());
  });

  it("shows every unchanged chat exactly once while others are added, deleted and moved", async () => {
    const ids = await chatsOf(Array.from({ length: 40 }, (_, index) => `chat ${index}`));
    const moved = new Set<string>();
    const seen: string[] = [];
    for (let cursor = ""; cursor !== "null";) {
      const page = await list(`limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      cursor = String(page.next_cursor);
      const ahead = ids.filter((id) => !seen.includes(id) && !moved.has(id));
      const [up, gone, pinned, behind] = [ahead[1], ahead[3], ahead.at(-1), seen[0]];
      await newChat(ada);
      if (up) await say(ada, up, "moves up");
      if (gone) await ada.delete(`/chats/${gone}`);
      if (pinned) await ada.patch(`/chats/${pinned}`, { pinned: true });
      if (behind) await ada.put(`/chats/${behind}`, { title: `renamed ${seen.length}` });
      for (const id of [up, gone, pinned, behind]) if (id) moved.add(id);
    }
    const untouched = ids.filter((id) => !moved.has(id));
    expect(untouched.length).toBeGreaterThan(10);
    expect(seen.filter((id) => untouched.includes(id))).toEqual(untouched);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("counts exactly up to ten thousand, and says when there are more", async () => {
    const add = (count: number) =>
      query(
        `INSERT INTO chats (id, user_id, title, created_at, updated_at)
         SELECT gen_random_uuid(), $1, 'one of many', now(), now() FROM generate_series(1, $2::int)`,
        [ada.user.id, count],
      );
    await add(10_000);
    const exact = await list("limit=1");
    expect(exact.total).toBe(10_000);
    expect(exact).not.toHaveProperty("total_is_lower_bound");
    await add(2);
    expect(await list("limit=1")).toMatchObject({ total: 10_000, total_is_lower_bound: true });
  });
});

describe("searching for a chat", () => {
  beforeAll(async () => {
    ada = await signUp();
    await chatsOf(["Müller ./. Schäfer", "100% deposit_back", "C:\\leases", "ДОГОВОР аренды"]);
  });

  it.each([
    ["MÜLLER", ["Müller ./. Schäfer"]],
    ["schä", ["Müller ./. Schäfer"]],
    ["договор", ["ДОГОВОР аренды"]],
    ["0% d", ["100% deposit_back"]],
    ["t_b", ["100% deposit_back"]],
    ["%", ["100% deposit_back"]],
    ["_", ["100% deposit_back"]],
    ["\\", ["C:\\leases"]],
    ["';--", []],
    ["nothing like it", []],
    ["", ["Müller ./. Schäfer", "100% deposit_back", "C:\\leases", "ДОГОВОР аренды"]],
  ])("finds the titles that contain %j", async (text, titles) => {
    const body = await list(`search=${encodeURIComponent(text)}`);
    expect(body.chats.map((chat: { title: string }) => chat.title)).toEqual(titles);
    expect(body.total).toBe(titles.length);
  });
});

describe("filtering chats by time", () => {
  let ids: string[];
  beforeAll(async () => {
    ada = await signUp();
    ids = [
      ...(await chatsOf(["February"], "2026-02-01T00:00:00.000Z")),
      ...(await chatsOf(["last"], "2026-01-31T23:59:59.999Z")),
      ...(await chatsOf(["January"], "2026-01-01T00:00:00.000Z")),
    ];
  });

  it.each([
    ["start_date=2026-01-01&end_date=2026-02-01", ["last", "January"]],
    ["start_date=2026-02-01", ["February"]],
    ["end_date=2026-01-31T23:59:59.999Z", ["January"]],
    ["start_date=2026-02-01T01:00:00%2B01:00", ["February"]],
    ["start_date=2026-01-31T18:59:59.999-05:00", ["February", "last"]],
    ["start_date=2026-03-01&end_date=2026-01-01", []],
    ["start_date=0001-01-01&end_date=9999-12-31", ["February", "last", "January"]],
  ])("returns those of %s: from inclusive, to exclusive", async (parameters, titles) => {
    const body = await list(parameters);
    expect(body.chats.map((chat: { title: string }) => chat.title)).toEqual(titles);
    expect(body.total).toBe(titles.length);
    expect(ids).toHaveLength(3);
  });
});

describe("an invalid list request", () => {
  beforeAll(async () => {
    ada = await signUp();
  });

  const cursorFor = (pinned: unknown, at: unknown, id: unknown) =>
    encodeURIComponent(encodeCursor([pinned, at, id] as string[]));
  const id = crypto.randomUUID();

  it.each([
    ["limit=0", "?limit"],
    ["limit=0x10", "?limit"],
    ["limit=1e1", "?limit"],
    ["limit=", "?limit"],
    ["limit=101", "?limit"],
    ["limit=1.5", "?limit"],
    ["limit=ten", "?limit"],
    ["limit=2&limit=3", "?limit"],
    ["offset=-1", "?offset"],
    ["offset=99999999999", "?offset"],
    ["archived=yes", "?archived"],
    ["search=%00", "?search"],
    ["start_date=yesterday", "?start_date"],
    ["start_date=2026-02-30", "?start_date"],
    ["start_date=2026-02-01T10:00:00", "?start_date"],
    ["start_date=", "?start_date"],
    ["end_date=0000-01-01", "?end_date"],
    ["end_date=2026-13-01", "?end_date"],
    ["end_date=%2B12026-01-01", "?end_date"],
    ["cursor=", "?cursor"],
    ["cursor=nonsense", "?cursor"],
    [`cursor=${cursorFor(false, "2026-02-01", id)}`, "?cursor"],
    [`cursor=${cursorFor(false, "2026-02-01T00:00:00.000Z", "x")}`, "?cursor"],
    [`cursor=${cursorFor("f", "2026-02-01T00:00:00.000Z", id)}`, "?cursor"],
    [`cursor=${cursorFor(false, "0000-02-01T00:00:00.000Z", id)}`, "?cursor"],
    [`cursor=${cursorFor(false, "2026-02-01T00:00:00.000Z", [id])}`, "?cursor"],
  ])("is refused: %s", async (parameters, pointer) => {
    const response = await ada.get(`/chats?${parameters}`);
    expectProblem(response, 422, "validation_failed", pointer);
  });

  it("succeeds with unknown parameters", async () => {
    expect((await list("sort=title&limit=5")).limit).toBe(5);
  });
});
