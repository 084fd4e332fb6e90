import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { INDEX_VERSION } from "../../../src/features/retrieval/indexing/index-version.ts";
import type { SignedIn } from "../../support/client.ts";
import { Indexes } from "../../support/old-index.ts";
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

describe("a run of the cron", () => {
  it("claims a few files, and none that a concurrent run claims", async () => {
    for (let count = 0; count < 22; count++) await indexes.oldFile();
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

  it("reads none of the indexes that are of the current version", async () => {
    await world.query(
      `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, processed,
         created_at, ingestion_attempt, embed_due_at)
       SELECT gen_random_uuid(), $1, 'lease.txt', 'files/' || n, '/files', 1, 'text/plain', 'ready', true, now(), 1, 'infinity'
       FROM generate_series(1, 5000) AS n`,
      [ada.user.id],
    );
    await world.query(
      `INSERT INTO indexed_files (file_id, user_id, language, passages, index_version)
       SELECT id, user_id, 'simple', 0, $1 FROM files`,
      [INDEX_VERSION],
    );
    await world.query("ANALYZE indexed_files, files");
    const [last] = await world.query("SELECT max(file_id::text) AS id FROM indexed_files");
    const fileId = last?.id ?? "";
    const leaveOldRows = () =>
      world.query(
        "UPDATE indexed_files SET build_version = 0, build_due_at = '-infinity' WHERE file_id = $1",
        [fileId],
      );
    await leaveOldRows();
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    await indexes.isCurrent(fileId);
    await leaveOldRows();
    const claims = await world.callsContaining("build_failures = i.build_failures + 1");
    const { query, params } = JSON.parse(claims.at(-1)?.body ?? "");
    const plan = JSON.stringify(await world.query(`EXPLAIN (ANALYZE) ${query}`, params));
    const counts = plan.matchAll(/Removed by Filter: (\d+)|actual [^)]*rows=(\d+)/g);
    const rows = [...counts].map(([, removed, read]) => Number(removed ?? read));
    expect(rows.length).toBeGreaterThan(3);
    expect(Math.max(...rows)).toBeLessThan(10);
  });

  it("claims a long file alone", async () => {
    const ids = [await indexes.oldFile(), await indexes.oldFile()];
    await world.query("UPDATE files SET text_length = 3000000 WHERE id = ANY ($1::uuid[])", [
      `{${ids.join(",")}}`,
    ]);
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    expect(await world.minute()).toMatchObject({ reindex_indexing: 1 });
    for (const id of ids) await indexes.isCurrent(id);
  });
});
