/** What only a real server shows (`npm run test:postgres`): batches that lock the same rows at once. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import type { SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";
import { until } from "../../support/until.ts";

const RETENTION = JSON.stringify({ chats_days: 30, files_days: 30 });

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld({ RETENTION });
}, WORLD_START_MS);
afterAll(() => world.close());

/** How often batches with such a text ran: Postgres breaks one of a deadlock off, and the Worker repeats it. */
const runsOf = (...texts: string[]) =>
  Promise.all(texts.map(async (text) => (await world.callsContaining(text)).length));

async function chatWith(of: SignedIn, fileId: string): Promise<string> {
  const id = await newChat(of);
  await world.query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [id, fileId]);
  return id;
}

/** Holds a row for two seconds, while requests come to wait for it; the embedded Postgres serves them afterwards. */
function hold(table: "chats" | "files", id: string) {
  let isHeld = true;
  const holding = world
    .query(
      `WITH held AS (SELECT id FROM ${table} WHERE id = $1 FOR SHARE) SELECT pg_sleep(2) FROM held`,
      [id],
    )
    .finally(() => {
      isHeld = false;
    });
  const waiting = async (count: number) => {
    const [row] = await world.query(
      `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return !isHeld || Number(row?.count) >= count;
  };
  return { holding, untilWaiting: (count: number) => until(() => waiting(count)) };
}

it("A turn and the deletion of its attachment lock in one order, and wait in no circle", async () => {
  const ada = await world.signUp();
  const fileId = await plantFile(world, ada);
  const chatId = await chatWith(ada, fileId);
  const texts = ["raised AS", "ORDER BY id FOR SHARE"];
  const before = await runsOf(...texts);
  const { holding, untilWaiting } = hold("files", fileId);
  const deletion = ada.delete(`/files/${fileId}`);
  await untilWaiting(1);
  const turn = ada.post(`/chats/${chatId}/messages`, { content: "Hello?", file_ids: [fileId] });
  await untilWaiting(2);
  await holding;
  const [deleted, answered] = await Promise.all([deletion, turn]);
  expect(deleted.status).toBe(204);
  expect([200, 404]).toContain(answered.status);
  expect(await runsOf(...texts)).toEqual(before.map((count) => count + 1));
});

it("The erasure of an account and the end of its chats lock in one order, and wait in no circle", async () => {
  const ada = await world.signUp();
  const [first = "", second] = [crypto.randomUUID(), crypto.randomUUID()].toSorted();
  // The one with the greater id has the newer activity.
  await world.query(
    `INSERT INTO chats (id, user_id, title, created_at, updated_at, expires_at)
     SELECT id, $1, 'Over', now(), now() - interval '1 hour' / n, now()
     FROM unnest($2::uuid[]) WITH ORDINALITY AS u (id, n)`,
    [ada.user.id, [first, second]],
  );
  const texts = ["ORDER BY id FOR UPDATE", "INSERT INTO erasures"];
  const before = await runsOf(...texts);
  const { holding, untilWaiting } = hold("chats", first);
  const minute = world.minute();
  await untilWaiting(1);
  const erasure = ada.delete("/users/me", { password: ada.password });
  await untilWaiting(2);
  await holding;
  expect((await erasure).status).toBe(204);
  await minute;
  expect(await runsOf(...texts)).toEqual(before.map((count) => count + 1));
});
