import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDb } from "../../../src/db/client.ts";
import { cutPassages } from "../../../src/features/retrieval/cut.ts";
import { openIndex, storeSlice } from "../../../src/features/retrieval/indexing/builds.ts";
import { INDEX_VERSION } from "../../../src/features/retrieval/indexing/index-version.ts";
import { slicesOf } from "../../../src/features/retrieval/slices.ts";
import type { SignedIn } from "../../support/client.ts";
import { readyFile } from "../../support/files.ts";
import { Indexes, LONG, OLD, SHORT } from "../../support/old-index.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { until } from "../../support/until.ts";

let world: OwnWorld;
let ada: SignedIn;
let indexes: Indexes;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
  indexes = new Indexes(world, world.databaseVars, ada);
}, WORLD_START_MS);
afterAll(() => world.close());

/** Documents of other tests would be claimed, too. */
beforeEach(() => world.query("DELETE FROM files"));

const makeDue = (fileId: string) =>
  world.query("UPDATE indexed_files SET build_due_at = now() WHERE file_id = $1", [fileId]);

const isEmbedded = (fileId: string, model = "text-embedding-3-small") =>
  until(async () => {
    const [row] = await world.query(
      "SELECT embedding_model FROM indexed_files WHERE file_id = $1",
      [fileId],
    );
    return row?.embedding_model === model;
  });

describe("an index that older code made", () => {
  it("is made again by the cron, from the stored text, and embedded again where the vectors are of another text", async () => {
    const { id } = await readyFile(ada, SHORT, "lease.txt");
    await indexes.makeOld(id);
    const vectors = () =>
      world.query("SELECT embedding::text FROM passage_vectors WHERE file_id = $1", [id]);
    const before = await vectors();
    await world.query(
      "UPDATE passage_vectors SET embedding = embedding - embedding - embedding WHERE file_id = $1",
      [id],
    );
    expect(await indexes.count(id, "deposit")).toBe(0);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1, reindex_left: 1 });
    await indexes.isCurrent(id);
    await isEmbedded(id);
    expect(await indexes.count(id, "deposit")).toBe(1);
    expect(await indexes.count(id, `${OLD}deposit`)).toBe(0);
    expect(await vectors()).toEqual(before);
    expect(await indexes.rowsOf(id)).toEqual(await indexes.rowsOfNew(SHORT));
    expect(await world.minute()).toMatchObject({
      reindex_indexing: 0,
      reindex_left: 0,
      reindex_embedding: 0,
    });
  });

  it("is searched until the new one is complete, and each passage is found once then", async () => {
    const fileId = await indexes.oldFile(LONG);
    const count = await indexes.count(fileId, `${OLD}deposit`);
    expect(count).toBeGreaterThan(1);
    // Each call ends after a step: erasing, and storing one part.
    for (let step = 0; step < 3; step++) {
      expect(await indexes.again(fileId, 0)).toBe("more");
      expect(await indexes.count(fileId, "deposit")).toBe(0);
      expect(await indexes.count(fileId, `${OLD}deposit`)).toBe(count);
    }
    while ((await indexes.again(fileId, 0)) === "more") {
      const [before, after] = [
        await indexes.count(fileId, `${OLD}deposit`),
        await indexes.count(fileId, "deposit"),
      ];
      expect([before, after]).toContain(0);
      expect(before + after).toBe(count);
    }
    expect(await indexes.count(fileId, "deposit")).toBe(count);
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });

  it("gives the passages that it gave before, at the same places of the text", async () => {
    const fileId = await indexes.oldFile();
    const places = async () =>
      (await indexes.find(fileId, `${OLD}roof roof`)).map(({ ordinal, start, end, text }) => ({
        ordinal,
        start,
        end,
        text,
      }));
    const before = await places();
    await indexes.again(fileId);
    expect(await places()).toEqual(before);
    expect(before).toEqual([{ ordinal: 0, start: 0, end: SHORT.length, text: SHORT }]);
  });

  it("leads to the passages that a passage refers to, in whichever place the index is", async () => {
    const terms = "The lender lends the sum that the annex names for five years. ".repeat(9);
    const clauses = Array.from({ length: 210 }, (_, index) => `${index + 1}. ${terms}`);
    const text = [
      "500. The dog may stay, subject to Section 700.",
      ...clauses,
      `700. Bread is baked at dawn. ${"It is eaten warm. ".repeat(20)}`,
      "701. Nothing else.",
    ].join("\n\n");
    const fileId = await indexes.newFile(text);
    const found = () => indexes.find(fileId, "dog", { limit: 1, mostReferred: 9 });
    const first = await found();
    const [dog, ...referred] = first;
    expect(dog).toMatchObject({ ordinal: 0, isReferred: false });
    expect(dog?.score).toBeGreaterThan(0);
    expect(referred.map(({ text: of }) => of).join("\n")).toContain("Bread is baked at dawn");
    for (const passage of referred) expect(passage).toMatchObject({ score: 0, isReferred: true });
    for (let time = 0; time < 2; time++) {
      await world.query("UPDATE indexed_files SET index_version = 0 WHERE file_id = $1", [fileId]);
      await indexes.again(fileId);
      expect(await found()).toEqual(first);
    }
  });

  it("that is made again twice has the same rows as the first time", async () => {
    const fileId = await indexes.oldFile(LONG);
    await indexes.again(fileId);
    const first = await indexes.rowsOf(fileId);
    await world.query("UPDATE indexed_files SET index_version = 0 WHERE file_id = $1", [fileId]);
    await indexes.again(fileId);
    expect(await indexes.rowsOf(fileId)).toEqual(first);
  });

  it("is made again by the next job where one was killed, and by the cron where none is left", async () => {
    const fileId = await indexes.oldFile(LONG);
    for (let step = 0; step < 3; step++) await indexes.again(fileId, 0);
    await makeDue(fileId);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await indexes.isCurrent(fileId);
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });

  it("is erased by the cron where a job was killed after the change to the new one", async () => {
    const fileId = await indexes.oldFile(LONG);
    await until(async () => {
      await indexes.again(fileId, 0);
      return (await indexes.state(fileId))?.index_version === String(INDEX_VERSION);
    });
    expect(await indexes.state(fileId)).toMatchObject({ build_version: "0" });
    await makeDue(fileId);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await indexes.isCurrent(fileId);
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });

  it("never gets passages of a build that other code has begun", async () => {
    const fileId = await indexes.oldFile(LONG);
    for (let step = 0; step < 2; step++) await indexes.again(fileId, 0);
    await world.query(
      `UPDATE passages SET text = 'of other code', start_offset = 1, end_offset = 2
       WHERE file_id = $1 AND ordinal >= 500000`,
      [fileId],
    );
    await world.query("UPDATE indexed_files SET build_version = 0 WHERE file_id = $1", [fileId]);
    await indexes.again(fileId);
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });

  it("is left alone while newer code makes it again", async () => {
    const fileId = await indexes.oldFile();
    const newer = INDEX_VERSION + 1;
    await world.query("UPDATE indexed_files SET build_version = $2 WHERE file_id = $1", [
      fileId,
      newer,
    ]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 0, reindex_left: 1 });
    expect(await indexes.again(fileId)).toBe("done");
    expect(await indexes.state(fileId)).toMatchObject({
      index_version: "0",
      build_version: String(newer),
    });
    await world.query("DELETE FROM files WHERE id = $1", [fileId]);
  });
});

describe("a build beside an index whose passages are embedded as they are now", () => {
  it("has the vectors of the passages that did not change, and of no others", async () => {
    const text = LONG.split("\n\n").slice(0, 3).join("\n\n");
    const { id: fileId } = await readyFile(ada, text, "lease.txt");
    await isEmbedded(fileId);
    await world.query("UPDATE indexed_files SET build_version = $2 WHERE file_id = $1", [
      fileId,
      INDEX_VERSION + 1,
    ]);
    const db = createDb(world.databaseVars);
    const index = await openIndex(db, { fileId, ingestionAttempt: 1 });
    const changed = text.replace("The tenant", "The Tenant");
    const document = { text: changed, pages: [{ page: 1, start: 0 }], headings: [] };
    const passages = [...cutPassages(document)];
    const [slice] = slicesOf(passages, { name: "lease.txt", text: changed });
    if (!index || !slice) throw new Error("The file has no index.");
    const next = await storeSlice({ db, clock: Date.now }, index, "english", slice);
    expect(next).toBe(passages.length);
    const vectorsFrom = (first: number) =>
      world.query(
        `SELECT ordinal - $2::int AS ordinal, model, embedding::text FROM passage_vectors
         WHERE file_id = $1 AND ordinal BETWEEN $2::int AND $2::int + 99 ORDER BY ordinal`,
        [fileId, first],
      );
    const before = await vectorsFrom(0);
    expect(before.length).toBe(passages.length);
    const unchanged = before.filter((_, nr) => !passages[nr]?.text.includes("Tenant"));
    expect(unchanged.length).toBe(passages.length - 1);
    expect(await vectorsFrom(500_000)).toEqual(unchanged);
  });
});

it("An index that cannot be made is tried again after ever longer pauses, and the old one is found meanwhile", async () => {
  const mark = `mark${crypto.randomUUID().replaceAll("-", "")}`;
  const fileId = await indexes.oldFile(`1. The tenant pays the ${mark}.`);
  const fault = { contains: mark, times: 1_000, kind: "sql_error", code: "54000" } as const;
  const remove = await world.injectFault(fault);
  const state = () => indexes.state(fileId);
  const jobs = () =>
    world.worker.logs().filter((line) => line.includes(fileId) && line.includes('"event":"job"'))
      .length;
  for (const [failures, minutes] of [
    [0, 10],
    [1, 20],
    [20, 1_440],
  ] as const) {
    await world.query(
      "UPDATE indexed_files SET build_due_at = now(), build_failures = $2 WHERE file_id = $1",
      [fileId, failures],
    );
    // Erasing is progress; only the first job has that to do.
    if (failures > 0)
      await world.query("UPDATE indexed_files SET build_version = $2 WHERE file_id = $1", [
        fileId,
        INDEX_VERSION,
      ]);
    const before = jobs();
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await until(async () => jobs() > before);
    expect(await state()).toMatchObject({ minutes: String(minutes), index_version: "0" });
    expect(await world.minute()).toMatchObject({ reindex_indexing: 0 });
  }
  expect(await ada.get(`/files/${fileId}`)).toMatchObject({
    body: { status: "ready", failure: null },
  });
  await remove();
  expect(await indexes.count(fileId, `${OLD}${mark}`)).toBe(1);
  await makeDue(fileId);
  await world.minute();
  await indexes.isCurrent(fileId);
  expect(await indexes.count(fileId, mark)).toBe(1);
  expect(await state()).toMatchObject({ failures: "0" });
});
