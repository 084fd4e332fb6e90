import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { createModelClient } from "../../../src/clients/model.ts";
import { createDb } from "../../../src/db/client.ts";
import { type Env, readConfig } from "../../../src/env.ts";
import { embedQuestion } from "../../../src/features/retrieval/embed.ts";
import { findPassages } from "../../../src/features/retrieval/find.ts";
import { newId } from "../../../src/lib/ids.ts";
import { at, type SignedIn } from "../../support/client.ts";
import { type Minute, minuteOf } from "../../support/cron.ts";
import { readyFile } from "../../support/files.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const OLD_MODEL = "text-embedding-3-small";
const NEW_MODEL = "text-embedding-ada-002";

/** Workers over one database, as before and after changes of `EMBEDDING_MODEL`; queues and crons are their own. */
let world: OwnWorld;
let changed: RunningWorker;
let without: RunningWorker;
let ada: SignedIn;
let minute: Minute;
beforeAll(async () => {
  world = await startOwnWorld();
  const vars = { ...world.bucketVars, ...world.databaseVars };
  [changed, without] = await Promise.all([
    startWorker({ ...vars, EMBEDDING_MODEL: NEW_MODEL }),
    startWorker({ ...vars, EMBEDDING_MODEL: "none" }),
  ]);
  ada = await world.signUp();
  minute = minuteOf(changed);
}, WORLD_START_MS);
afterAll(() => Promise.all([changed.close(), without.close()]).then(() => world.close()));

beforeEach(() => world.query("DELETE FROM files"));

/** More passages than one call to the provider takes. */
const textWith = (marker: string) =>
  Array.from({ length: 70 }, (_, index) => `${index + 1}. ${"A clause of some words. ".repeat(18)}`)
    .concat(`The last clause names ${marker}.`)
    .join("\n\n");

const newMark = () => `mark${crypto.randomUUID().replaceAll("-", "")}`;

/** The models of a file's vectors with their numbers, and how many passages have none. */
async function vectorsOf(fileId: string): Promise<Record<string, string | null>> {
  const rows = await world.query(
    `SELECT coalesce(v.model, 'none') AS model, count(*) AS n
     FROM passages AS p LEFT JOIN passage_vectors AS v USING (file_id, ordinal) WHERE p.file_id = $1 GROUP BY 1`,
    [fileId],
  );
  return Object.fromEntries(rows.map(({ model, n }) => [model, n]));
}

async function countOf(fileId: string): Promise<string> {
  const [row] = await world.query("SELECT count(*) AS n FROM passages WHERE file_id = $1", [
    fileId,
  ]);
  return row?.n ?? "";
}

const isEmbedded = (fileId: string, model: string) =>
  until(async () => {
    const [row] = await world.query(
      `SELECT i.embedding_model AS model, f.embed_due_at AS due_at
       FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id WHERE f.id = $1`,
      [fileId],
    );
    return row?.model === model && row.due_at === null;
  });

/** Searches as the Worker with the new model does. */
async function searchNow(query: string, fileId: string) {
  const vars: unknown = { ...inject("vars"), ...world.databaseVars, EMBEDDING_MODEL: NEW_MODEL };
  const config = readConfig(vars as Env);
  const db = createDb(config);
  const deps = { config, db, model: createModelClient(config), clock: Date.now, newId };
  const vector = await embedQuestion(deps, ada.user.id, query);
  return findPassages(db, ada.user.id, { query, vector, fileIds: [fileId], limit: 5 });
}

it("After a change of the embedding model each file is embedded again, and found by its words meanwhile", async () => {
  const mark = newMark();
  const { id } = await readyFile(ada, textWith(mark), "clauses.txt");
  const count = await countOf(id);
  await isEmbedded(id, OLD_MODEL);
  expect(await vectorsOf(id)).toEqual({ [OLD_MODEL]: count });
  const before = await searchNow(`Which clause names ${mark}?`, id);
  expect(before.passages[0]?.text).toContain(mark);
  expect(await minute()).toMatchObject({ reindex_embedding: 1, reindex_indexing: 0 });
  await isEmbedded(id, NEW_MODEL);
  expect(await vectorsOf(id)).toEqual({ [NEW_MODEL]: count });
  expect((await searchNow(`Which clause names ${mark}?`, id)).passages[0]?.text).toContain(mark);
  expect(await minute()).toMatchObject({ reindex_embedding: 0, files_embedding: 0 });
});

it("A provider that refuses a new model is called again after a pause, and the old vectors stay until then", async () => {
  const mark = newMark();
  const { id } = await readyFile(ada, textWith(mark), "clauses.txt");
  const count = await countOf(id);
  await isEmbedded(id, OLD_MODEL);
  await script({ kind: "embedding", errorStatus: 500, times: 1 }, mark);
  expect(await minute()).toMatchObject({ reindex_embedding: 1 });
  const failed = await until(async () => {
    const [row] = await world.query(
      `SELECT embed_failures AS failures, embed_due_at BETWEEN now() AND now() + interval '61 seconds' AS is_soon
       FROM files WHERE id = $1`,
      [id],
    );
    return row?.failures === "1" && row;
  });
  expect(failed).toMatchObject({ is_soon: "t" });
  // The first call had other passages.
  expect(await vectorsOf(id)).toMatchObject({
    [OLD_MODEL]: String(Number(count) - 64),
    [NEW_MODEL]: "64",
  });
  expect(await minute()).toMatchObject({ reindex_embedding: 0, files_embedding: 0 });
  await world.query("UPDATE files SET embed_due_at = now() - interval '1 second' WHERE id = $1", [
    id,
  ]);
  expect(await minute()).toMatchObject({ reindex_embedding: 0, files_embedding: 1 });
  await isEmbedded(id, NEW_MODEL);
  expect(await vectorsOf(id)).toEqual({ [NEW_MODEL]: count });
});

it("A file that was ingested without an embedding model is embedded once there is one", async () => {
  const { id } = await readyFile(at(without.url, ada), textWith(newMark()), "clauses.txt");
  const count = await countOf(id);
  expect(await minuteOf(without)()).toMatchObject({ reindex_embedding: 0 });
  expect(await vectorsOf(id)).toEqual({ none: count });
  expect(await minute()).toMatchObject({ reindex_embedding: 1 });
  await isEmbedded(id, NEW_MODEL);
  expect(await vectorsOf(id)).toEqual({ [NEW_MODEL]: count });
});

it("Passages whose embedding was killed after some calls get their vectors", async () => {
  const { id } = await readyFile(ada, textWith(newMark()), "clauses.txt");
  await isEmbedded(id, OLD_MODEL);
  await world.query("DELETE FROM passage_vectors WHERE file_id = $1 AND ordinal >= 64", [id]);
  // As of code that did not store the model.
  await world.query("UPDATE indexed_files SET embedding_model = NULL WHERE file_id = $1", [id]);
  expect(await world.minute()).toMatchObject({ reindex_embedding: 1 });
  await isEmbedded(id, OLD_MODEL);
  expect(await vectorsOf(id)).toEqual({ [OLD_MODEL]: await countOf(id) });
});

it("Two runs of the cron at once have a file embedded once", async () => {
  await readyFile(at(without.url, ada), textWith(newMark()), "clauses.txt");
  const lines = await Promise.all([minute(), world.minute()]);
  const claimed = lines.map((line) => Number(line.reindex_embedding));
  expect(claimed.reduce((sum, count) => sum + count)).toBe(1);
});
