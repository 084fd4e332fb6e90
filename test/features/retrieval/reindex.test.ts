import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDb } from "../../../src/db/client.ts";
import { findPassages } from "../../../src/features/retrieval/find.ts";
import { INDEX_VERSION } from "../../../src/features/retrieval/indexing/index-version.ts";
import { indexFile } from "../../../src/features/retrieval/store.ts";
import { codePointLength } from "../../../src/lib/code-points.ts";
import type { SignedIn } from "../../support/client.ts";
import { readyFile } from "../../support/files.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { until } from "../../support/until.ts";

let world: OwnWorld;
let ada: SignedIn;
let deps: Parameters<typeof indexFile>[0];
beforeAll(async () => {
  world = await startOwnWorld();
  deps = { db: createDb(world.databaseVars), clock: Date.now };
  ada = await world.signUp();
}, WORLD_START_MS);
afterAll(() => world.close());

/** Documents of other tests would be claimed, too. */
beforeEach(() => world.query("DELETE FROM files"));

/** More passages than a part of the index has: each of these clauses is one. */
const LONG = Array.from(
  { length: 230 },
  (_, index) =>
    `${index + 1}. The tenant pays the deposit, ${"and it is held, ".repeat(24)}in escrow.`,
).join("\n\n");

const SHORT = "1. The tenant pays the deposit.\n\n2. The landlord repairs the roof.";

/** Words of an index that older code made: each has a prefix, as if words had been cut otherwise. */
const OLD = "old";

/** A ready file that no cron embeds. */
async function newFile(text = SHORT): Promise<string> {
  const id = crypto.randomUUID();
  await world.query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, processed,
       created_at, ingestion_attempt, embed_due_at)
     VALUES ($1::uuid, $2, 'lease.txt', 'files/' || $1, '/files/' || $1 || '/content', 1, 'text/plain', 'ready', true,
       now(), 1, 'infinity')`,
    [id, ada.user.id],
  );
  await world.query(
    `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text) VALUES ($1, 0, 1, 0, $2, $3)`,
    [id, codePointLength(text), text],
  );
  expect(await again(id)).toBe("done");
  return id;
}

async function makeOld(id: string): Promise<void> {
  await world.query(
    "UPDATE indexed_files SET index_version = 0, build_due_at = '-infinity' WHERE file_id = $1",
    [id],
  );
  await world.query(`UPDATE passage_terms SET term = '${OLD}' || term WHERE file_id = $1`, [id]);
}

/** A file as older code left it. */
async function oldFile(text = SHORT): Promise<string> {
  const id = await newFile(text);
  await makeOld(id);
  return id;
}

const again = (fileId: string, endsAt?: number) =>
  indexFile(deps, { fileId, ingestionAttempt: 1 }, endsAt);

/** How many passages a word finds in a file. */
async function found(fileId: string, word: string): Promise<number> {
  const { passages } = await findPassages(deps.db, ada.user.id, {
    query: word,
    fileIds: [fileId],
    limit: 1_000,
  });
  return passages.length;
}

type Index = { language: string | null; passages: string[]; terms: string[] };

/** All rows of a file's index, in whatever slot they are. */
async function rowsOf(
  fileId: string,
): Promise<Index & { state: Record<string, string | null> | undefined }> {
  const [state] = await world.query(
    `SELECT index_version, build_version, passages, build_failures AS failures,
       round(extract(epoch FROM build_due_at - now()) / 60) AS minutes FROM indexed_files WHERE file_id = $1`,
    [fileId],
  );
  const [file] = await world.query("SELECT language FROM files WHERE id = $1", [fileId]);
  const passages = await world.query(
    "SELECT start_offset || '-' || end_offset AS it FROM passages WHERE file_id = $1 ORDER BY start_offset",
    [fileId],
  );
  const terms = await world.query(
    "SELECT term || cardinality(postings) AS it FROM passage_terms WHERE file_id = $1 ORDER BY 1",
    [fileId],
  );
  const texts = (rows: Record<string, string | null>[]) => rows.map(({ it }) => it ?? "");
  return {
    state,
    language: file?.language ?? null,
    passages: texts(passages),
    terms: texts(terms),
  };
}

const isCurrent = (fileId: string) =>
  until(async () => {
    const { state } = await rowsOf(fileId);
    return state?.index_version === String(INDEX_VERSION) && state.build_version === null;
  });

const isEmbedded = (fileId: string, model = "text-embedding-3-small") =>
  until(async () => {
    const [row] = await world.query(
      "SELECT embedding_model FROM indexed_files WHERE file_id = $1",
      [fileId],
    );
    return row?.embedding_model === model;
  });

/** The rows of a new file with the same text. */
async function rowsOfNew(text: string): Promise<Index> {
  const id = await newFile(text);
  const { state, ...rows } = await rowsOf(id);
  expect(state).toMatchObject({ index_version: String(INDEX_VERSION), build_version: null });
  return rows;
}

describe("an index that older code made", () => {
  it("is made again by the cron, from the stored text, with the vectors of passages that did not change", async () => {
    const { id } = await readyFile(ada, SHORT, "lease.txt");
    await makeOld(id);
    const calls = () =>
      world.query("SELECT count(*) FROM ai_usage WHERE user_id = $1", [ada.user.id]);
    const vectors = () =>
      world.query("SELECT embedding::text FROM passage_vectors WHERE file_id = $1", [id]);
    const before = [await calls(), await vectors()];
    expect(await found(id, "deposit")).toBe(0);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1, reindex_left: 1 });
    await isCurrent(id);
    await isEmbedded(id);
    expect(await found(id, "deposit")).toBe(1);
    expect(await found(id, `${OLD}deposit`)).toBe(0);
    expect([await calls(), await vectors()]).toEqual(before);
    expect(await rowsOf(id)).toMatchObject(await rowsOfNew(SHORT));
    expect(await world.minute()).toMatchObject({
      reindex_indexing: 0,
      reindex_left: 0,
      reindex_embedding: 0,
    });
  });

  it("is searched until the new one is complete, and each passage is found once then", async () => {
    const fileId = await oldFile(LONG);
    const count = await found(fileId, `${OLD}deposit`);
    expect(count).toBeGreaterThan(1);
    // Each call ends after a step: erasing, and storing one part.
    for (let step = 0; step < 3; step++) {
      expect(await again(fileId, 0)).toBe("more");
      expect(await found(fileId, "deposit")).toBe(0);
      expect(await found(fileId, `${OLD}deposit`)).toBe(count);
    }
    while ((await again(fileId, 0)) === "more") {
      const [before, after] = [
        await found(fileId, `${OLD}deposit`),
        await found(fileId, "deposit"),
      ];
      expect([before, after]).toContain(0);
      expect(before + after).toBe(count);
    }
    expect(await found(fileId, "deposit")).toBe(count);
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("gives the passages that it gave before, at the same places of the text", async () => {
    const fileId = await oldFile();
    const search = { query: `${OLD}roof roof`, fileIds: [fileId], limit: 10 };
    const before = await findPassages(deps.db, ada.user.id, search);
    await again(fileId);
    const after = await findPassages(deps.db, ada.user.id, search);
    const places = ({ passages }: typeof after) =>
      passages.map(({ ordinal, start, end, text }) => ({ ordinal, start, end, text }));
    expect(places(after)).toEqual(places(before));
    expect(places(after)).toHaveLength(1);
  });

  it("that is made again twice has the same rows as the first time", async () => {
    const fileId = await oldFile(LONG);
    await again(fileId);
    const first = await rowsOf(fileId);
    await world.query("UPDATE indexed_files SET index_version = 0 WHERE file_id = $1", [fileId]);
    await again(fileId);
    expect({ ...(await rowsOf(fileId)), state: {} }).toEqual({ ...first, state: {} });
  });

  it("is made again by the next job where one was killed, and by the cron where none is left", async () => {
    const fileId = await oldFile(LONG);
    for (let step = 0; step < 3; step++) await again(fileId, 0);
    await world.query("UPDATE indexed_files SET build_due_at = now() WHERE file_id = $1", [fileId]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await isCurrent(fileId);
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("is erased by the cron where a job was killed after the change to the new one", async () => {
    const fileId = await oldFile(LONG);
    await until(async () => {
      await again(fileId, 0);
      return (await rowsOf(fileId)).state?.index_version === String(INDEX_VERSION);
    });
    expect((await rowsOf(fileId)).state).toMatchObject({ build_version: "0" });
    await world.query("UPDATE indexed_files SET build_due_at = now() WHERE file_id = $1", [fileId]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await isCurrent(fileId);
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("never gets passages of a build that other code has begun", async () => {
    const fileId = await oldFile(LONG);
    for (let step = 0; step < 2; step++) await again(fileId, 0);
    await world.query(
      `UPDATE passages SET text = 'of other code', start_offset = 1, end_offset = 2
       WHERE file_id = $1 AND ordinal >= 500000`,
      [fileId],
    );
    await world.query("UPDATE indexed_files SET build_version = 0 WHERE file_id = $1", [fileId]);
    await again(fileId);
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("is left alone while newer code makes it again", async () => {
    const fileId = await oldFile();
    const newer = INDEX_VERSION + 1;
    await world.query("UPDATE indexed_files SET build_version = $2 WHERE file_id = $1", [
      fileId,
      newer,
    ]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 0, reindex_left: 1 });
    expect(await again(fileId)).toBe("done");
    expect((await rowsOf(fileId)).state).toMatchObject({
      index_version: "0",
      build_version: String(newer),
    });
    await world.query("DELETE FROM files WHERE id = $1", [fileId]);
  });
});

describe("concurrent runs", () => {
  it("store each passage once, whatever their number", async () => {
    const fileId = await oldFile(LONG);
    await Promise.all([1, 2, 3].map(() => again(fileId)));
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("that continue each other's steps store each passage once, too", async () => {
    const fileId = await oldFile(LONG);
    const one = async () => {
      while ((await again(fileId, 0)) === "more");
    };
    await Promise.all([one(), one(), one()]);
    expect(await rowsOf(fileId)).toMatchObject(await rowsOfNew(LONG));
  });

  it("of the cron claim each file once, a few per minute", async () => {
    for (let count = 0; count < 22; count++) await oldFile();
    const lines = await Promise.all([world.minute(), world.minute()]);
    const claimed = lines.reduce((sum, line) => sum + Number(line.reindex_indexing), 0);
    expect(claimed).toBeGreaterThanOrEqual(20);
    expect(claimed).toBeLessThanOrEqual(22);
    await world.minute();
    await until(async () => {
      const [row] = await world.query(
        "SELECT count(*) AS n FROM indexed_files WHERE index_version < $1 OR build_version IS NOT NULL",
        [INDEX_VERSION],
      );
      return row?.n === "0";
    });
    expect(await world.query("SELECT max(build_failures) AS most FROM indexed_files")).toEqual([
      { most: "0" },
    ]);
  });

  it("of the cron claim a long file alone", async () => {
    const ids = [await oldFile(), await oldFile()];
    await world.query("UPDATE files SET text_length = 3000000 WHERE id = ANY ($1::uuid[])", [
      `{${ids.join(",")}}`,
    ]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    for (const id of ids) await isCurrent(id);
  });
});

describe("a file that is deleted while it is indexed again", () => {
  it("stays deleted, with all of its rows", async () => {
    const fileId = await oldFile(LONG);
    for (let step = 0; step < 3; step++) await again(fileId, 0);
    expect((await ada.delete(`/files/${fileId}`)).status).toBe(204);
    expect(await again(fileId)).toBe("superseded");
    expect(await rowsOf(fileId)).toMatchObject({ state: undefined, passages: [], terms: [] });
  });

  it("stays deleted when both happen at once", async () => {
    for (let round = 0; round < 5; round++) {
      const fileId = await oldFile(LONG);
      const running = again(fileId);
      await world.query("DELETE FROM files WHERE id = $1", [fileId]);
      await running;
      expect(await rowsOf(fileId)).toMatchObject({ state: undefined, passages: [], terms: [] });
    }
  });
});

it("A newer ingestion attempt ends the work on the index of the last one", async () => {
  const fileId = await oldFile(LONG);
  for (let step = 0; step < 3; step++) await again(fileId, 0);
  const before = await rowsOf(fileId);
  await world.query("UPDATE files SET ingestion_attempt = 2 WHERE id = $1", [fileId]);
  expect(await again(fileId)).toBe("superseded");
  expect(await rowsOf(fileId)).toMatchObject({ passages: before.passages, terms: before.terms });
  await world.query("DELETE FROM files WHERE id = $1", [fileId]);
});

it("An index that cannot be made is tried again after ever longer pauses, and the old one is found meanwhile", async () => {
  const mark = `mark${crypto.randomUUID().replaceAll("-", "")}`;
  const fileId = await oldFile(`1. The tenant pays the ${mark}.`);
  const fault = { contains: mark, times: 1_000, kind: "sql_error", code: "54000" } as const;
  const remove = await world.injectFault(fault);
  const state = async () => (await rowsOf(fileId)).state;
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
  expect(await found(fileId, `${OLD}${mark}`)).toBe(1);
  await world.query("UPDATE indexed_files SET build_due_at = now() WHERE file_id = $1", [fileId]);
  await world.minute();
  await isCurrent(fileId);
  expect(await found(fileId, mark)).toBe(1);
  expect(await state()).toMatchObject({ failures: "0" });
});
