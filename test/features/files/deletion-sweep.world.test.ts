import { afterAll, beforeAll, expect, it } from "vitest";
import { expectProblem, type SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { hoursAgo, plantFile, type Planted } from "../../support/planted-files.ts";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
  // The bucket is empty, and belongs to this database from here on.
  await world.minute();
}, WORLD_START_MS);
afterAll(() => world.close());

const plant = (file: Planted) => plantFile(world, ada, file);

const newKey = () => `files/${crypto.randomUUID()}`;

type Counts = { seen: number; objects: number; files: number };

/** Cron runs from the start of a round until its end, and one more that erases; returns what was found. */
async function sweepAll(minutes = 3): Promise<Counts> {
  const found: Counts = { seen: 0, objects: 0, files: 0 };
  await world.query("UPDATE sweeps SET after_key = ''");
  for (let left = minutes; left > 0; left--) {
    const line = await world.minute();
    for (const name of ["seen", "objects", "files"] as const) {
      found[name] += Number(line[`sweep_${name}`]);
    }
  }
  return found;
}

const stateOf = async (ids: string[]) => {
  const rows = await world.query(
    `SELECT status, failure_code, processed FROM files
     WHERE id = ANY (string_to_array($1, ',')::uuid[]) ORDER BY status`,
    [ids.join(",")],
  );
  return rows.map(({ status, failure_code: code }) => code ?? status);
};

const isThere = async (key: string) => (await world.objectsWith(key)).length > 0;

it("A sweep finds exactly the orphans of bucket and database", async () => {
  const whole = await plant({ hoursOld: 2 });
  const lost = [
    await plant({ hoursOld: 2, hasObject: false }),
    await plant({ hoursOld: 2, hasObject: false }),
  ];
  const fine = [
    await plant({ hasObject: false }),
    await plant({ hoursOld: 2, hasObject: false, status: "pending" }),
    await plant({ hoursOld: 2, hasObject: false, status: "failed" }),
  ];
  const orphans = [newKey(), newKey(), "files/no-id"];
  const kept = [newKey(), "elsewhere/old"];
  for (const key of orphans) await world.plantObject(key, "orphan", hoursAgo(2));
  await world.plantObject(kept[0] ?? "", "young");
  await world.plantObject(kept[1] ?? "", "not ours", hoursAgo(2));

  expect(await sweepAll(2)).toEqual({ seen: 5, objects: 3, files: 2 });

  expect(await stateOf(lost)).toEqual(["missing", "missing"]);
  expect(await stateOf(fine)).toEqual(["failed", "pending", "ready"]);
  expect(await stateOf([whole])).toEqual(["ready"]);
  for (const key of orphans) expect(await isThere(key), key).toBe(false);
  for (const key of [...kept, `files/${whole}`]) expect(await isThere(key), key).toBe(true);
  expect(await sweepAll(2)).toMatchObject({ objects: 0, files: 0 });
  const shown = await ada.get(`/files/${lost[0]}`);
  expect(shown.body).toMatchObject({ status: "failed", failure: { code: "missing" } });
});

it("A file whose object was deleted elsewhere is marked as missing, and says so", async () => {
  const id = await plant({ hoursOld: 2 });
  const content = `/files/${id}/content`;
  const accept = { accept: "application/json" };
  const before = await ada.get(content, accept);
  expect((await fetch(before.body.url)).status).toBe(200);

  await world.loseObject(`files/${id}`);
  const unnoticed = await ada.get(content, accept);
  expect((await fetch(unnoticed.body.url)).status).toBe(404);

  expect(await sweepAll(2)).toMatchObject({ files: 1 });
  expect((await ada.get(`/files/${id}`)).body).toMatchObject({
    status: "failed",
    failure: { code: "missing" },
  });
  for (const headers of [accept, {}]) {
    expectProblem(await ada.get(content, headers), 409, "file_not_uploaded");
  }
  expectProblem(await ada.get(`/files/${id}/text`), 409, "file_failed");
  expectProblem(await ada.post(`/files/${id}/complete`), 409, "file_not_uploaded");
  const send = { content: "May it be kept?", file_ids: [id] };
  expectProblem(await ada.post("/chat", send), 409, "file_failed");
});

it("A sweep resumes after its last batch, and skips none of many", async () => {
  const ids = Array.from({ length: 130 }, () => crypto.randomUUID());
  await world.query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type,
       status, created_at, updated_at)
     SELECT id, $1, 'many.txt', 'files/' || id, '', 7, 'text/plain', 'ready', now(), now() - interval '2 hours'
     FROM unnest(string_to_array($2, ',')::uuid[]) AS id`,
    [ada.user.id, ids.join(",")],
  );
  const orphans = Array.from({ length: 10 }, newKey);
  const whole = ids.slice(120);
  for (const id of whole) await world.plantObject(`files/${id}`, "many", hoursAgo(2));
  for (const key of orphans) await world.plantObject(key, "orphan", hoursAgo(2));
  expect(await sweepAll(4)).toMatchObject({ objects: 10, files: 120 });
  for (const key of orphans) expect(await isThere(key), key).toBe(false);
  expect(new Set(await stateOf(ids.slice(0, 120)))).toEqual(new Set(["missing"]));
  expect(new Set(await stateOf(whole))).toEqual(new Set(["ready"]));
});

it("Concurrent sweeps find the same, and do no more", async () => {
  const [whole, lost] = [
    await plant({ hoursOld: 2 }),
    await plant({ hoursOld: 2, hasObject: false }),
  ];
  const orphan = newKey();
  await world.plantObject(orphan, "orphan", hoursAgo(2));
  for (let round = 0; round < 4; round++) await Promise.all([1, 2, 3].map(() => world.minute()));
  expect(await isThere(orphan)).toBe(false);
  expect(await stateOf([lost])).toEqual(["missing"]);
  expect(await stateOf([whole])).toEqual(["ready"]);
  expect(await isThere(whole)).toBe(true);
});

it("A sweep retries a minute later, from the same position, when the bucket cannot be reached", async () => {
  const [orphan, lost] = [newKey(), await plant({ hoursOld: 2, hasObject: false })];
  await world.plantObject(orphan, "orphan", hoursAgo(2));
  await world.query("UPDATE sweeps SET after_key = ''");
  for (const contains of ["?list-type=2", `HEAD files/${lost}`]) {
    const restore = await world.injectBucketFault({
      contains,
      times: 4,
      kind: "status",
      status: 503,
    });
    expect(await world.minute()).toMatchObject({ sweep_error: "Problem" });
    await restore();
    expect(await world.query("SELECT after_key FROM sweeps")).toEqual([{ after_key: "" }]);
    expect(await stateOf([lost])).toEqual(["ready"]);
  }
  expect(await sweepAll()).toMatchObject({ files: 1 });
  expect(await isThere(orphan)).toBe(false);
});

it("Nothing is swept where the bucket belongs to another database, or holds unknown objects", async () => {
  const mark = "indifly/database";
  const [orphan, lost] = [newKey(), await plant({ hoursOld: 2, hasObject: false })];
  await world.plantObject(orphan, "another's", hoursAgo(2));
  for (const foreign of ["another database", undefined]) {
    await world.loseObject(mark);
    if (foreign) await world.plantObject(mark, foreign);
    await world.query("UPDATE sweeps SET after_key = ''");
    expect(await world.minute()).toMatchObject({ sweep_error: "BucketOfAnotherDatabase" });
    await world.minute();
    expect(await isThere(orphan)).toBe(true);
    expect(await stateOf([lost])).toEqual(["ready"]);
  }
});
