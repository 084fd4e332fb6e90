import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runningTurn } from "../../support/chats.ts";
import { newApiKey } from "../../support/api-keys.ts";
import {
  anonymous,
  type ApiResponse,
  at,
  bearer,
  expectProblem,
  type SignedIn,
} from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { findRest, ownedTables, plantChatsOf, plantEverywhere } from "../../support/erasures.ts";
import { plantFile } from "../../support/planted-files.ts";
import { until } from "../../support/until.ts";
import { startWorker } from "../../support/worker.ts";

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
}, WORLD_START_MS);
afterAll(() => world.close());

const nobody = () => anonymous(world.worker.url);

const erase = (of: SignedIn) => of.delete("/users/me", { password: of.password });

const plantChats = (of: SignedIn, chats: number, each: number) =>
  plantChatsOf(world, of, chats, each);
const restOf = (userId: string) => findRest(world, userId);

const receiptOf = async (response: ApiResponse) =>
  (await nobody().get(response.headers.get("location") ?? "")).body;

/** Runs the cron until nothing is left, or as often as a count. */
async function minutesUntilErased(userId: string, most = 30): Promise<void> {
  for (let run = 0; run < most && (await restOf(userId)).length > 0; run += 1) await world.minute();
  expect(await restOf(userId)).toEqual([]);
}

/** Lets the outbox erase everything for the last time. */
async function passTheOutbox(): Promise<void> {
  await world.query("UPDATE deletions SET due_at = now(), last_at = now() - interval '1 minute'");
  await world.minute();
  await world.minute();
}

describe("erasing an account", () => {
  it("leaves no row of it in any table that names a user", async () => {
    const ada = await world.signUp();
    await plantEverywhere(world, ada);
    const everywhere = ["users", ...(await ownedTables(world))];
    expect((await restOf(ada.user.id)).toSorted()).toEqual(everywhere.toSorted());
    expect((await erase(ada)).status).toBe(204);
    await minutesUntilErased(ada.user.id);
  });

  it("ends in a receipt with counts, once the bucket and the rooms are erased for good", async () => {
    const ada = await world.signUp();
    const file = await plantFile(world, ada);
    await ada.post("/chats", {});
    await plantChats(ada, 2, 3);
    const response = await erase(ada);
    await minutesUntilErased(ada.user.id);
    const receipt = await receiptOf(response);
    expect(receipt).toMatchObject({ status: "running", completed_at: null });
    await until(async () => (await world.objectsWith(file)).length === 0);
    await passTheOutbox();
    expect(await receiptOf(response)).toEqual({
      ...receipt,
      status: "complete",
      completed_at: expect.any(String),
      erased: {
        chats: 3,
        messages: 9,
        files: 1,
        usage_records: 2,
        sessions: 1,
        // Created and signed in.
        event_details: 2,
      },
    });
    const kept = await world.query("SELECT * FROM erasures WHERE user_id = $1", [ada.user.id]);
    expect(JSON.stringify(kept)).not.toContain("example.com");
    const unknown = await nobody().get(`/erasures/${crypto.randomUUID()}`);
    expectProblem(unknown, 404, "not_found");
  });

  it("keeps the chain of its events, with the erasure as the last and without details", async () => {
    const ada = await world.signUp();
    await erase(ada);
    await minutesUntilErased(ada.user.id);
    const chain = await world.query(
      "SELECT kind FROM security_events WHERE user_id = $1 ORDER BY position",
      [ada.user.id],
    );
    expect(chain.map(({ kind }) => kind)).toEqual([
      "account_created",
      "signed_in",
      "account_erased",
    ]);
  });

  it("frees its e-mail address at once, for an account that shares nothing with it", async () => {
    const ada = await world.signUp();
    await plantChats(ada, 3, 2);
    await erase(ada);
    const { email } = ada.user;
    const again = { name: "Ada Again", email, password: "eight tall lamps" };
    const registered = await nobody().post("/auth/register", again);
    expect(registered.status).toBe(201);
    expect(registered.body.user.id).not.toBe(ada.user.id);
    await minutesUntilErased(ada.user.id);
    const signIn = await nobody().post("/auth/login", { email, password: again.password });
    expect(signIn.status).toBe(200);
  });
});

/** What the calls of an erasure contain, one for each of its steps. */
const STEPS = [
  "UPDATE chats AS c SET user_id = NULL",
  "erased_files",
  "purged_chats",
  "e.completed_at",
];

describe("an erasure that is interrupted", () => {
  for (const kind of ["refuse", "cut_after_commit"] as const) {
    for (const step of STEPS) {
      it(`is continued by the cron, with exact counts: ${kind} at ${step}`, async () => {
        const ada = await world.signUp();
        await plantFile(world, ada);
        await plantChats(ada, 3, 4);
        // Twice, because a call that fails is repeated once.
        const restore = await world.injectFault({ contains: step, times: 2, kind });
        const response = await erase(ada);
        await world.minute();
        await restore();
        // If its response was lost twice, it has begun all the same.
        const again = response.status === 204 ? response : await erase(ada);
        expect([204, 401]).toContain(again.status);
        await minutesUntilErased(ada.user.id);
        await passTheOutbox();
        const [row] = await world.query(
          `SELECT chats, messages, files, usage_records, completed_at IS NOT NULL AS done
           FROM erasures WHERE user_id = $1`,
          [ada.user.id],
        );
        const counts = { chats: "3", messages: "12", files: "1", usage_records: "3", done: "t" };
        expect(row).toEqual(counts);
      });
    }
  }
});

describe("after the erasure of an account", () => {
  it("a worker that still reads one of its files writes nothing", async () => {
    const ada = await world.signUp();
    const file = await plantFile(world, ada, { status: "processing" });
    const restore = await world.injectFault({
      contains: "erased_files",
      times: 100,
      kind: "refuse",
    });
    expect((await erase(ada)).status).toBe(204);
    const job = { step: "extract", fileId: file, ingestionAttempt: 0, from: 0 } as const;
    await world.worker.sendJob(job);
    await world.minute();
    const pages = () => world.query("SELECT text FROM file_pages WHERE file_id = $1", [file]);
    expect(await pages()).toEqual([{ text: "planted" }]);
    await restore();
    await minutesUntilErased(ada.user.id);
    expect(await pages()).toEqual([]);
  });

  it("an answer that ends later is neither stored nor billed", async () => {
    const ada = await world.signUp();
    const turn = await runningTurn(ada);
    await erase(ada);
    await turn.finish();
    await turn.rest();
    await minutesUntilErased(ada.user.id);
    await world.minute();
    expect(await restOf(ada.user.id)).toEqual([]);
  });

  it("answers that end at the same moment leave no usage, and no sum of it", async () => {
    for (let round = 0; round < 3; round += 1) {
      const ada = await world.signUp();
      const turn = await runningTurn(ada);
      const [response] = await Promise.all([erase(ada), turn.finish()]);
      expect(response.status).toBe(204);
      await turn.rest();
      await minutesUntilErased(ada.user.id);
    }
  }, 60_000);

  it("twenty writes of a token that is still valid leave nothing", async () => {
    const ada = await world.signUp();
    const writes = Array.from({ length: 20 }, (_, index) =>
      ada.post("/chats", { title: `Late ${index}` }, { "idempotency-key": `late-${index}` }),
    );
    await erase(ada);
    for (const { status } of await Promise.all(writes)) expect([201, 401, 404]).toContain(status);
    await minutesUntilErased(ada.user.id);
  });

  it("the data of another account is as it was", async () => {
    const [ada, eve] = [await world.signUp(), await world.signUp()];
    const file = await plantFile(world, eve);
    await plantChats(eve, 2, 2);
    await erase(ada);
    await minutesUntilErased(ada.user.id);
    await passTheOutbox();
    expect((await eve.get("/chats")).body.total).toBe(2);
    expect((await eve.get(`/files/${file}`)).status).toBe(200);
    expect(await world.objectsWith(file)).toHaveLength(1);
  });
});

// The last, because it leaves the cron much to do.
describe("erasing a very large account", () => {
  it("closes it to tokens and keys at once, though some of its chats still have an owner", async () => {
    const vars = { ...world.bucketVars, ...world.databaseVars, LIMITS: "{}" };
    await using stack = new AsyncDisposableStack();
    const worker = await startWorker(vars);
    stack.defer(() => worker.close());
    const ada = at(worker.url, await world.signUp());
    const eve = at(worker.url, await world.signUp());
    const { key } = await newApiKey(ada, ["chat"], { baseUrl: worker.url });
    const { body: oldest } = await ada.post("/chats", { title: "Stuck" });
    await plantChats(ada, 2_501, 0);
    // The first portion takes the newest chats.
    await world.query("UPDATE chats SET updated_at = '2020-01-01' WHERE id = $1", [oldest.id]);
    await world.query(
      `CREATE FUNCTION refuse_stuck() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'stuck'; END $$`,
    );
    await world.query(
      `CREATE TRIGGER stuck BEFORE UPDATE ON chats FOR EACH ROW WHEN (OLD.title = 'Stuck')
       EXECUTE FUNCTION refuse_stuck()`,
    );
    const response = await erase(ada);
    expect(response.status).toBe(204);
    const left = await world.query("SELECT id FROM chats WHERE user_id = $1", [ada.user.id]);
    expect(left).toContainEqual({ id: oldest.id });
    for (const client of [ada, bearer(key, worker.url)]) {
      expectProblem(await client.get(`/chats/${oldest.id}`), 401, "invalid_token");
      expectProblem(await client.post("/chats", {}), 401, "invalid_token");
    }
    expect((await eve.get("/chats")).status).toBe(200);
    await world.query("DROP TRIGGER stuck ON chats");
    await world.query("DELETE FROM deletions WHERE kind = 'room'");
    await minutesUntilErased(ada.user.id);
  }, 180_000);

  it("makes all of it unreachable with the response, though one portion does not take it", async () => {
    const ada = await world.signUp();
    await plantChats(ada, 3_000, 1);
    const response = await erase(ada);
    expect(response.status).toBe(204);
    expect((await ada.get("/chats")).body).toMatchObject({ chats: [], total: 0 });
    expectProblem(await ada.post("/chats", {}), 401, "invalid_token");
    expectProblem(await ada.get("/users/me"), 401, "invalid_token");
    // None of these chats ever had a room.
    await world.query("DELETE FROM deletions WHERE kind = 'room'");
    await minutesUntilErased(ada.user.id);
    const counted = { chats: 3_000, messages: 3_000, usage_records: 3_000, sessions: 1 };
    expect((await receiptOf(response)).erased).toMatchObject(counted);
  }, 180_000);
});
