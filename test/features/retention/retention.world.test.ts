import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { expectProblem, type SignedIn } from "../../support/client.ts";
import { type Minute, minuteOf } from "../../support/cron.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_HOURS = 24;

let world: OwnWorld;
let ada: SignedIn;
/** Another Worker on the same data, which keeps chats and files for 30 days. */
let limited: RunningWorker;
let limitedMinute: Minute;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
  const RETENTION = JSON.stringify({ chats_days: 30, files_days: 30 });
  limited = await startWorker({ ...world.bucketVars, ...world.databaseVars, RETENTION });
  limitedMinute = minuteOf(limited);
}, WORLD_START_MS);
afterAll(async () => {
  await limited.close();
  await world.close();
});

const later = (ms = HOUR_MS) => new Date(Date.now() + ms).toISOString();

/** Moves the end of a chat into the past. */
const end = (...ids: string[]) =>
  world.query("UPDATE chats SET expires_at = now() - interval '1 second' WHERE id = ANY($1)", [
    ids,
  ]);

/** Moves the last activity of a chat. */
const rest = (id: string, hours: number) =>
  world.query(
    "UPDATE chats SET updated_at = now() - make_interval(hours => $2::int) WHERE id = $1",
    [id, hours],
  );

const statusOf = async (chatId: string) => (await ada.get(`/chats/${chatId}`)).status;

describe("The end of a chat", () => {
  it("is none by default, and can be given, moved and taken away", async () => {
    const id = await newChat(ada);
    const first = await ada.get(`/chats/${id}`);
    expect(first.body).toMatchObject({ temporary: false, expires_at: null });
    const [early, late] = [later(), later(2 * HOUR_MS)];
    for (const time of [early, late, null]) {
      const changed = await ada.patch(`/chats/${id}`, { expires_at: time });
      expect(changed.body).toMatchObject({ id, expires_at: time });
      expect((await ada.get(`/chats/${id}`)).body.expires_at).toBe(time);
    }
  });

  it("stays as it is where a change does not name it, and raises the version where it changes", async () => {
    const time = later();
    const { body, headers } = await ada.post("/chats", { expires_at: time });
    expect(body.expires_at).toBe(time);
    const pinned = await ada.patch(`/chats/${body.id}`, { pinned: true });
    expect(pinned.body.expires_at).toBe(time);
    const { headers: same } = await ada.patch(`/chats/${body.id}`, { expires_at: time });
    expect(same.get("etag")).toBe(pinned.headers.get("etag"));
    expect(same.get("etag")).not.toBe(headers.get("etag"));
    const freed = await ada.patch(`/chats/${body.id}`, { expires_at: null });
    expect(freed.headers.get("etag")).not.toBe(same.get("etag"));
  });

  it("may be written in any time zone", async () => {
    const { body } = await ada.post("/chats", { expires_at: "2099-01-01T01:30:00+01:30" });
    expect(body.expires_at).toBe("2099-01-01T00:00:00.000Z");
  });

  it.each([
    ["over", "2020-01-01T00:00:00Z"],
    ["without a zone", "2099-01-01T00:00:00"],
    ["a date", "2099-01-01"],
    ["out of range", "9999-12-31T23:59:59-12:00"],
    ["a number", 4_102_444_800],
  ])("is refused where it is %s", async (_what, expires_at) => {
    expectProblem(await ada.post("/chats", { expires_at }), 422, "validation_failed");
    const id = await newChat(ada);
    expectProblem(await ada.patch(`/chats/${id}`, { expires_at }), 422, "validation_failed");
  });

  it("of a temporary chat is a day after its last activity", async () => {
    const { body } = await ada.post("/chats", { temporary: true });
    const dayAfter = (time: string) =>
      new Date(Date.parse(time) + DAY_HOURS * HOUR_MS).toISOString();
    expect(body).toMatchObject({ temporary: true, expires_at: dayAfter(body.updated_at) });
    await rest(body.id, 5);
    await say(ada, body.id, "Still here");
    const { chats } = (await ada.get("/chats")).body;
    const listed = chats.find(({ id }: { id: string }) => id === body.id);
    expect(Date.parse(listed.updated_at)).toBeGreaterThan(Date.now() - HOUR_MS);
    expect(listed.expires_at).toBe(dayAfter(listed.updated_at));
    const early = later();
    const both = await ada.patch(`/chats/${body.id}`, { expires_at: early });
    expect(both.body).toMatchObject({ temporary: true, expires_at: early });
    const kept = await ada.patch(`/chats/${body.id}`, { temporary: false, expires_at: null });
    expect(kept.body).toMatchObject({ temporary: false, expires_at: null });
  });
});

describe("The cron", () => {
  it("deletes a chat at its end, with its messages and its room, and no other", async () => {
    const [over, kept] = [await newChat(ada), await newChat(ada)];
    await say(ada, over, "Hello?");
    await ada.patch(`/chats/${kept}`, { expires_at: later() });
    await end(over);
    expect(await world.minute()).toMatchObject({ expire_chats: 1, expire_files: 0 });
    expectProblem(await ada.get(`/chats/${over}`), 404, "not_found");
    expect(await statusOf(kept)).toBe(200);
    await world.minute();
    expect(await world.query("SELECT 1 FROM messages WHERE chat_id = $1", [over])).toEqual([]);
    expect(await world.query("SELECT 1 FROM chats WHERE id = $1", [over])).toEqual([]);
    expect(await world.worker.storageOf(over)).toEqual({});
  });

  it("deletes temporary chats a day after their last activity", async () => {
    const create = async () => (await ada.post("/chats", { temporary: true })).body.id;
    const [idle, active, freed] = [await create(), await create(), await create()];
    await ada.patch(`/chats/${freed}`, { temporary: false });
    for (const id of [idle, freed]) await rest(id, DAY_HOURS + 1);
    await rest(active, DAY_HOURS - 1);
    expect(await world.minute()).toMatchObject({ expire_chats: 1 });
    expect(await Promise.all([idle, active, freed].map(statusOf))).toEqual([404, 200, 200]);
  });

  it("never cuts a running answer: the chat is deleted once it has ended", async () => {
    const turn = await runningTurn(ada);
    await end(turn.chatId);
    expect(await world.minute()).toMatchObject({ expire_chats: 0 });
    expect(await statusOf(turn.chatId)).toBe(200);
    await turn.finish();
    expect(await turn.rest()).toContain("ai_message_complete");
    await until(async () => (await world.minute()).expire_chats === 1);
    expect(await statusOf(turn.chatId)).toBe(404);
  });

  it("either deletes a chat or lets a turn begin, never half of each", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => newChat(ada)));
    await end(...ids);
    const sends = ids.map((id) => ada.post(`/chats/${id}/messages`, { content: "Hello?" }));
    await world.minute();
    for (const [i, { status, body }] of (await Promise.all(sends)).entries()) {
      const isAnswered = status === 200 && body.ai_response.status === "complete";
      expect({ status, isAnswered }).toEqual({ status: isAnswered ? 200 : 404, isAnswered });
      expect(await statusOf(ids[i] ?? "")).toBe(status);
    }
    await world.minute();
    expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 404));
  });
});

describe("A period of retention", () => {
  const MONTH_HOURS = 30 * DAY_HOURS;

  it("limits all chats, by their last activity, where it is configured", async () => {
    const [old, active] = [await newChat(ada), await newChat(ada)];
    await ada.patch(`/chats/${old}`, { expires_at: later() });
    await rest(old, MONTH_HOURS + 1);
    await rest(active, MONTH_HOURS - 1);
    expect(await world.minute()).toMatchObject({ expire_chats: 0 });
    expect(await statusOf(old)).toBe(200);
    await limitedMinute();
    expect(await Promise.all([old, active].map(statusOf))).toEqual([404, 200]);
  });

  it("limits all files, but those of chats that are active and those in ingestion", async () => {
    const plant = (status: "ready" | "processing", hoursOld: number) =>
      plantFile(world, ada, { status, hoursOld });
    const [old, attached, young] = [
      await plant("ready", MONTH_HOURS + 1),
      await plant("ready", MONTH_HOURS + 1),
      await plant("ready", MONTH_HOURS - 1),
    ];
    const chatId = await newChat(ada);
    await world.query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [
      chatId,
      attached,
    ]);
    const filesLeft = () =>
      Promise.all([old, attached, young].map(async (id) => (await ada.get(`/files/${id}`)).status));
    expect(await world.minute()).toMatchObject({ expire_files: 0 });
    expect(await filesLeft()).toEqual([200, 200, 200]);
    expect(await limitedMinute()).toMatchObject({ expire_files: 1 });
    expect(await filesLeft()).toEqual([404, 200, 200]);
    await limitedMinute();
    expect(await world.objectsWith(`files/${old}`)).toEqual([]);
    await rest(chatId, MONTH_HOURS + 1);
    await limitedMinute();
    expect(await filesLeft()).toEqual([404, 404, 200]);
    expect(await statusOf(chatId)).toBe(404);
  });

  it("deletes each file once where the cron runs twice at once", async () => {
    const ids = await Promise.all(
      Array.from({ length: 25 }, () => plantFile(world, ada, { hoursOld: MONTH_HOURS + 1 })),
    );
    const counts = await Promise.all([limitedMinute(), limitedMinute()]);
    const total = counts.reduce((sum, { expire_files: count }) => sum + Number(count), 0);
    expect(total).toBeLessThanOrEqual(25);
    await limitedMinute();
    const left = await world.query("SELECT 1 FROM files WHERE id = ANY($1)", [ids]);
    expect(left).toEqual([]);
  });
});

// The last one: its rooms are erased by the next minute, which takes seconds here.
describe("Many chats that are over", () => {
  it("are deleted, each once, where the cron runs twice at once", async () => {
    const eve = await world.signUp("Eve");
    await world.query(
      `INSERT INTO chats (id, user_id, title, created_at, updated_at, expires_at)
       SELECT gen_random_uuid(), $1, 'Over', now(), now(), now() FROM generate_series(1, 110)`,
      [eve.user.id],
    );
    const counts = await Promise.all([world.minute(), limitedMinute()]);
    const total = counts.reduce((sum, { expire_chats: count }) => sum + Number(count), 0);
    expect(total).toBe(110);
    expect((await eve.get("/chats")).body.total).toBe(0);
  });
});
