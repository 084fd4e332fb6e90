import { beforeAll, describe, expect, inject, it } from "vitest";
import { signUp, signUpWithFiles } from "../../support/client.ts";
import { readyFile, settled } from "../../support/files.ts";
import { Indexes, LONG, SHORT } from "../../support/old-index.ts";
import { query } from "../../support/postgres.ts";

const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
const databaseVars = { DATABASE_URL, DATABASE_HTTP_URL };

let indexes: Indexes;
beforeAll(async () => {
  indexes = new Indexes({ query }, databaseVars, await signUp());
});

const stepwise = async (fileId: string) => {
  while ((await indexes.again(fileId, 0)) === "more");
};

const NOTHING = { state: [], language: null, passages: [], terms: [] };

describe("concurrent runs that make an index again", () => {
  it("store each passage once, whatever their number", async () => {
    const fileId = await indexes.oldFile(LONG);
    await Promise.all([1, 2, 3, 4].map(() => indexes.again(fileId)));
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });

  it("that end after each step and continue each other's store each passage once, too", async () => {
    const fileId = await indexes.oldFile(LONG);
    await Promise.all([stepwise(fileId), stepwise(fileId), stepwise(fileId)]);
    expect(await indexes.rowsOf(fileId)).toEqual(await indexes.rowsOfNew(LONG));
  });
});

describe("a file that is deleted while it is indexed again", () => {
  it("stays deleted, with all of its rows", async () => {
    const fileId = await indexes.oldFile(LONG);
    for (let step = 0; step < 3; step++) await indexes.again(fileId, 0);
    await query("DELETE FROM files WHERE id = $1", [fileId]);
    expect(await indexes.again(fileId)).toBe("superseded");
    expect(await indexes.rowsOf(fileId)).toEqual(NOTHING);
  });

  it("stays deleted when both happen at once", async () => {
    for (let round = 0; round < 5; round++) {
      const fileId = await indexes.oldFile(LONG);
      const running = Promise.all([indexes.again(fileId), stepwise(fileId)]);
      for (let step = 0; step < round; step++) await indexes.state(fileId);
      await query("DELETE FROM files WHERE id = $1", [fileId]);
      await running;
      expect(await indexes.rowsOf(fileId)).toEqual(NOTHING);
    }
  });
});

describe("a newer ingestion attempt", () => {
  it("ends the work on the index of the last one", async () => {
    const fileId = await indexes.oldFile(LONG);
    for (let step = 0; step < 3; step++) await indexes.again(fileId, 0);
    const before = await indexes.rowsOf(fileId);
    await query("UPDATE files SET ingestion_attempt = 2 WHERE id = $1", [fileId]);
    expect(await indexes.again(fileId)).toBe("superseded");
    expect(await indexes.rowsOf(fileId)).toEqual(before);
    await query("DELETE FROM files WHERE id = $1", [fileId]);
  });

  it("finds nothing that a late worker of the last one has stored", async () => {
    const eve = await signUpWithFiles();
    const own = new Indexes({ query }, databaseVars, eve);
    const twin = await readyFile(eve, SHORT, "lease.txt");
    for (let round = 0; round < 4; round++) {
      const { id } = await readyFile(eve, SHORT, "lease.txt");
      // The text of the last attempt was another one.
      await query("UPDATE file_pages SET text = $2, end_offset = $3 WHERE file_id = $1", [
        id,
        LONG,
        LONG.length,
      ]);
      await own.makeOld(id);
      await query("UPDATE files SET status = 'failed' WHERE id = $1", [id]);
      const running = own.again(id);
      for (let step = 0; step < round * 3; step++) await own.state(id);
      expect((await eve.post(`/files/${id}/complete`)).status).toBe(200);
      await running;
      expect(await settled(eve, id)).toMatchObject({ status: "ready" });
      expect(await own.rowsOf(id)).toEqual(await own.rowsOf(twin.id));
    }
  });
});
