import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignedIn } from "../../support/client.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
  // The bucket is empty, and belongs to this database from here on.
  await world.minute();
}, WORLD_START_MS);
afterAll(() => world.close());

const ALWAYS = 1_000;

/** A row of the outbox that has failed this often. */
async function leave(kind: "object" | "room", target: string, tries: number): Promise<void> {
  await world.query(
    `INSERT INTO deletions (kind, target, due_at, last_at, tries, created_at)
     VALUES ($1, $2, now() - interval '1 hour', now() - interval '1 hour', $3::int, now())`,
    [kind, target, tries],
  );
}

const leftOf = (target: string) =>
  world.query("SELECT tries, due_at::text FROM deletions WHERE target = $1", [target]);

const logged = (event: string, text: string) =>
  loggedLine(world.worker, `"event":"${event}"`, text);

describe("an outbox row", () => {
  it("that failed for a day is dead-lettered with its attempts, and retried when an operator resets it", async () => {
    const [key, other] = [`files/${crypto.randomUUID()}`, `files/${crypto.randomUUID()}`];
    await world.plantObject(key);
    await world.plantObject(other);
    await leave("object", key, 29);
    await leave("object", other, 0);
    const fault = {
      contains: `DELETE ${key}`,
      times: ALWAYS,
      kind: "status",
      status: 403,
    } as const;
    const heal = await world.injectBucketFault(fault);
    expect(await world.minute()).toMatchObject({ deletions_failed: 1, deletions_dead: 1 });
    expect(await leftOf(key)).toEqual([{ tries: "30", due_at: "infinity" }]);
    expect(await world.objectsWith(other)).toEqual([]);
    await logged("deletion_dead_lettered", key);
    expect(await world.minute()).toMatchObject({ deletions_failed: 0, deletions_dead: 1 });
    await heal();
    await world.query("UPDATE deletions SET due_at = now(), tries = 0 WHERE target = $1", [key]);
    expect(await world.minute()).toMatchObject({ deletions_objects: 1, deletions_dead: 0 });
    expect(await leftOf(key)).toEqual([]);
  });

  it("with an invalid id blocks no other row", async () => {
    const chatId = crypto.randomUUID();
    await leave("room", "no-id", 0);
    await leave("room", chatId, 0);
    const line = await world.minute();
    expect(line.deletions_error).toBeUndefined();
    expect(await leftOf(chatId)).toEqual([]);
  });
});

describe("the sweep", () => {
  it("skips a file that cannot be checked", async () => {
    const lost = { hoursOld: 2, hasObject: false };
    const [first, second] = [await plantFile(world, ada, lost), await plantFile(world, ada, lost)];
    const contains = `HEAD files/${first}`;
    const refused = { contains, times: ALWAYS, kind: "status", status: 403 } as const;
    const heal = await world.injectBucketFault(refused);
    await world.query("UPDATE sweeps SET after_key = ''");
    expect(await world.minute()).toMatchObject({ sweep_files: 1 });
    await heal();
    const failed = await world.query("SELECT id FROM files WHERE failure_code = 'missing'");
    expect(failed).toEqual([{ id: second }]);
  });

  it("skips a range that Postgres refuses because of its values", async () => {
    const key = `files/${crypto.randomUUID()}`;
    await world.plantObject(key, "orphan", new Date(Date.now() - 2 * 60 * 60 * 1000));
    await world.query("UPDATE sweeps SET after_key = ''");
    const contains = "json_array_elements_text";
    const fault = { contains, times: ALWAYS, kind: "sql_error", code: "22P05" } as const;
    const heal = await world.injectFault(fault);
    const line = await world.minute();
    await heal();
    expect(line).toMatchObject({ sweep_skipped: 1 });
    expect(line.sweep_error).toBeUndefined();
    expect(await world.query("SELECT after_key FROM sweeps")).not.toEqual([{ after_key: "" }]);
    await logged("stretch_not_swept", "22P05");
  });
});

it("The cron deletes as many expired keys as one call has time for", async () => {
  await world.query(
    `INSERT INTO idempotency_keys (user_id, route, key, id, fingerprint, created_at)
     SELECT $1::uuid, 'POST /chats', 'old-' || n, gen_random_uuid(), '', now() - interval '2 days'
     FROM generate_series(1, 10500) AS n`,
    [ada.user.id],
  );
  expect(await world.minute()).toMatchObject({ keys_expired: 10_000 });
  expect(await world.minute()).toMatchObject({ keys_expired: 500 });
});
