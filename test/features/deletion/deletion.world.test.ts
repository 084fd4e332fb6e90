import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStorageClient } from "../../../src/clients/storage.ts";
import { newChat, runningTurn } from "../../support/chats.ts";
import type { SignedIn } from "../../support/client.ts";
import { hashOf } from "../../support/own-bucket.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";
import { openTab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
}, WORLD_START_MS);
afterAll(() => world.close());

/** The outbox rows of a deletion. */
const leftOf = (target: string) =>
  world.query(
    `SELECT kind, tries, due_at <= now() AS due, due_at = last_at AS last, last_at - created_at AS wait
     FROM deletions WHERE target = $1`,
    [target],
  );

/** Moves the due time of a deletion closer. */
const pass = (target: string, time: "1 minute" | "1 hour") =>
  world.query(
    `UPDATE deletions SET due_at = due_at - $2::interval, last_at = last_at - $2::interval
     WHERE target = $1`,
    [target, time],
  );

/** The request erased it, and recorded that. */
const erasedAtOnce = (target: string) =>
  until(async () => {
    const rows = await leftOf(target);
    return rows[0]?.last === "t" && rows;
  });

const isEmpty = async (chatId: string) =>
  Object.keys(await world.worker.storageOf(chatId)).length === 0;

describe("what a deleted chat leaves in its room", () => {
  it("is erased with the request, and once more when no late write is possible", async () => {
    const turn = await runningTurn(ada);
    expect((await ada.delete(`/chats/${turn.chatId}`)).status).toBe(200);
    await until(() => isEmpty(turn.chatId));
    await turn.finish();
    expect((await turn.rest()).slice(-2)).toEqual(["turn_error", "stream_complete"]);
    const [left] = await erasedAtOnce(turn.chatId);
    expect(left).toMatchObject({ kind: "room", tries: "0", due: "f", wait: "00:15:00" });
    // Its rows are purged, and only the outbox is left.
    await world.minute();
    expect(await leftOf(turn.chatId)).toEqual([left]);
    await pass(turn.chatId, "1 hour");
    await world.minute();
    expect(await leftOf(turn.chatId)).toEqual([]);
    expect(await isEmpty(turn.chatId)).toBe(true);
  });

  it("is erased by the cron when the request died right after the deletion was committed", async () => {
    const turn = await runningTurn(ada);
    const tab = await openTab(ada, turn.chatId, world.worker.url);
    await tab.ping();
    await world.query("DELETE FROM chats WHERE id = $1", [turn.chatId]);
    expect(await isEmpty(turn.chatId)).toBe(false);
    await world.minute();
    expect(await isEmpty(turn.chatId)).toBe(true);
    expect(await tab.closed).toEqual({ code: 1001, reason: "chat deleted" });
    expect((await turn.rest()).slice(-2)).toEqual(["turn_error", "stream_complete"]);
    await turn.finish();
    expect(await leftOf(turn.chatId)).toMatchObject([{ due: "f", last: "t" }]);
  });

  it("does not come back with an answer that ends later", async () => {
    const turn = await runningTurn(ada);
    await world.query("DELETE FROM chats WHERE id = $1", [turn.chatId]);
    await turn.finish();
    await turn.rest();
    expect(await world.query("SELECT 1 FROM messages WHERE id = $1", [turn.answerId])).toEqual([]);
    expect(await world.query("SELECT 1 FROM chats WHERE id = $1", [turn.chatId])).toEqual([]);
    await world.minute();
    expect(await isEmpty(turn.chatId)).toBe(true);
  });

  it("is erased again when it is unknown whether it was", async () => {
    const chatId = await newChat(ada);
    await world.query("DELETE FROM chats WHERE id = $1", [chatId]);
    const restore = await world.injectFault({
      contains: "d.last_at <= ",
      times: 2,
      kind: "cut_after_commit",
    });
    await world.minute();
    await restore();
    await world.minute();
    expect(await leftOf(chatId)).toMatchObject([{ due: "f", last: "t", tries: "0" }]);
  });

  it("is kept when the chat exists again: a creation whose response was lost was repeated", async () => {
    const turn = await runningTurn(ada);
    await world.query(
      `INSERT INTO deletions (kind, target, due_at, last_at, created_at)
       VALUES ('room', $1, now(), now(), now())`,
      [turn.chatId],
    );
    await world.minute();
    expect(await leftOf(turn.chatId)).toEqual([]);
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
  });

  it("is erased once, though many runs look for it at once", async () => {
    const chats = await Promise.all(Array.from({ length: 5 }, () => newChat(ada)));
    for (const id of chats) await ada.post(`/chats/${id}/messages`, { content: "Hello?" });
    await world.query("DELETE FROM chats WHERE id = ANY (string_to_array($1, ',')::uuid[])", [
      chats.join(","),
    ]);
    await Promise.all(Array.from({ length: 6 }, world.minute));
    for (const id of chats) {
      expect(await isEmpty(id)).toBe(true);
      expect(await leftOf(id)).toMatchObject([{ due: "f", last: "t", tries: "0" }]);
    }
  });
});

/** Requests the erasure of an account that owns these files. */
async function eraseOwnerOf(owner: SignedIn): Promise<void> {
  const { status } = await owner.delete("/users/me", { password: owner.password });
  expect(status).toBe(204);
}

const rowsOf = async (fileId: string) => {
  const [row] = await world.query(
    `SELECT (SELECT count(*) FROM files WHERE id = $1) AS files,
       (SELECT count(*) FROM file_pages WHERE file_id = $1) AS pages,
       (SELECT count(*) FROM passages WHERE file_id = $1) AS passages`,
    [fileId],
  );
  return row;
};

const NONE = { files: "0", pages: "0", passages: "0" };

describe("what a deleted file leaves in the bucket", () => {
  it("is erased with the request", async () => {
    const [eve, ids] = [await world.signUp(), { file: "", other: "" }];
    ids.file = await plantFile(world, eve);
    ids.other = await plantFile(world, ada);
    const key = `files/${ids.file}`;
    expect(await rowsOf(ids.file)).toEqual({ files: "1", pages: "1", passages: "1" });
    await eraseOwnerOf(eve);
    await erasedAtOnce(key);
    expect(await rowsOf(ids.file)).toEqual(NONE);
    expect(await world.objectsWith(ids.file)).toEqual([]);
    expect(await world.objectsWith(ids.other)).toHaveLength(1);
    await pass(key, "1 hour");
    await world.minute();
    expect(await leftOf(key)).toEqual([]);
  });

  it("is erased later when the bucket cannot be reached, with growing delays, and the deletion holds", async () => {
    const file = await plantFile(world, ada);
    const key = `files/${file}`;
    const restore = await world.injectBucketFault({ contains: key, times: 1_000, kind: "refuse" });
    expect((await ada.delete(`/files/${file}`)).status).toBe(204);
    expect(await rowsOf(file)).toEqual(NONE);
    expect(await world.minute()).toMatchObject({ deletions_failed: 1 });
    expect(await leftOf(key)).toMatchObject([{ tries: "1", due: "f" }]);
    await pass(key, "1 minute");
    await world.minute();
    expect(await leftOf(key)).toMatchObject([{ tries: "2", due: "f" }]);
    await pass(key, "1 minute");
    expect(await leftOf(key)).toMatchObject([{ due: "f" }]);
    await pass(key, "1 minute");
    expect(await world.objectsWith(file)).toHaveLength(1);
    await restore();
    await world.minute();
    expect(await world.objectsWith(file)).toEqual([]);
    expect(await leftOf(key)).toMatchObject([{ tries: "0", last: "t" }]);
  });

  it("is erased in the end, though a signed URL that was still valid restored it", async () => {
    const eve = await world.signUp();
    const late = { status: "pending", hasObject: false, uploadExpiresIn: 5.5 } as const;
    const file = await plantFile(world, eve, late);
    const key = `files/${file}`;
    const bytes = new TextEncoder().encode("too late");
    const object = { contentType: "text/plain", sha256: hashOf(bytes), size: bytes.length };
    const signed = await createStorageClient(world.bucketVars).presignPut(key, object, 300);
    await eraseOwnerOf(eve);
    const [left] = await erasedAtOnce(key);
    expect(left?.wait).toMatch(/^00:(19|20):/);
    const { method, url, headers } = signed;
    expect((await fetch(url, { method, headers, body: bytes })).status).toBe(200);
    await world.minute();
    expect(await world.objectsWith(file)).toHaveLength(1);
    await pass(key, "1 hour");
    await world.minute();
    expect(await world.objectsWith(file)).toEqual([]);
    expect(await leftOf(key)).toEqual([]);
  });

  it("delays nobody when the bucket is slow", async () => {
    const file = await plantFile(world, ada);
    const fault = { contains: `files/${file}`, times: 1, kind: "delay", delayMs: 6_000 } as const;
    await world.injectBucketFault(fault);
    const startedAt = Date.now();
    expect((await ada.delete(`/files/${file}`)).status).toBe(204);
    expect(Date.now() - startedAt).toBeLessThan(5_500);
    await until(async () => (await world.objectsWith(file)).length === 0);
  });

  it("is erased in the end also of uploads under way, and so is their extracted text", async () => {
    const eve = await world.signUp();
    const uploads = Array.from({ length: 6 }, (_, index) => {
      const body = new FormData();
      body.set("file", new File([`The rent of flat ${index} is due monthly.`], "lease.txt"));
      return eve.fetch("/files/upload", { method: "POST", body });
    });
    await Promise.any(uploads);
    await eraseOwnerOf(eve);
    const responses = await Promise.all(uploads);
    for (const { status } of responses) expect([201, 401, 404]).toContain(status);
    // The erasure of the request may still run: it postpones what it has erased. Its rows stay, because their last
    // attempt is in the future.
    await until(async () => {
      await world.query("UPDATE deletions SET due_at = now()");
      await world.minute();
      const keys = (await world.objectsWith("files/")).map(({ key }) => key);
      const named = await world.query("SELECT file_path FROM files");
      return keys.every((key) => named.some(({ file_path: path }) => path === key));
    });
    const left = `SELECT 1 FROM files WHERE user_id = $1
      UNION ALL SELECT 1 FROM passages WHERE user_id = $1
      UNION ALL SELECT 1 FROM indexed_files WHERE user_id = $1
      UNION ALL SELECT 1 FROM passage_terms WHERE user_id = $1
      UNION ALL SELECT 1 FROM file_pages AS p WHERE NOT EXISTS (SELECT FROM files WHERE id = p.file_id)`;
    expect(await world.query(left, [eve.user.id])).toEqual([]);
  });

  it("stays as long as another file has the same bytes", async () => {
    const eve = await world.signUp();
    const [file, twin] = [await plantFile(world, eve), await plantFile(world, ada)];
    await world.query("UPDATE files SET file_path = 'files/' || $1 WHERE id = $2::uuid", [
      file,
      twin,
    ]);
    await world.query("DELETE FROM files WHERE id = $1", [file]);
    await world.minute();
    expect(await world.objectsWith(file)).toHaveLength(1);
    expect(await leftOf(`files/${file}`)).toEqual([]);
    await world.query("DELETE FROM files WHERE id = $1", [twin]);
    await world.minute();
    expect(await world.objectsWith(file)).toEqual([]);
  });

  it("is kept when only a chat is deleted: the file still belongs to its user", async () => {
    const [file, chatId] = [await plantFile(world, ada), await newChat(ada)];
    await world.query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [chatId, file]);
    await ada.delete(`/chats/${chatId}`);
    await world.minute();
    expect(await world.query("SELECT 1 FROM chat_files WHERE file_id = $1", [file])).toEqual([]);
    expect(await rowsOf(file)).toMatchObject({ files: "1", passages: "1" });
    expect(await world.objectsWith(file)).toHaveLength(1);
  });
});
