import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  describeReport,
  importDatabase,
  type ImportReport,
} from "../../local/import/import-database.ts";
import { type LocalPostgres, openPostgres } from "../../local/postgres.ts";
import { createDb } from "../../src/db/client.ts";
import { anonymous, bearer, type Body, type Client, expectProblem } from "../support/client.ts";
import { settled, textOf } from "../support/files.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../support/own-world.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/older-database.sql");
const LEASE = "The deposit is due within 30 days. Pay!\n";

let world: OwnWorld;
let older: LocalPostgres;
let source: pg.PoolClient;
let first: ImportReport;
beforeAll(async () => {
  [world, older] = await Promise.all([
    startOwnWorld(),
    openPostgres({ copyOf: inject("emptyPostgres") }),
  ]);
  source = await older.pool.connect();
  await source.query(await readFile(FIXTURE, "utf8"));
  await world.plantObject("uploads/3f2c8b1e/lease.txt", LEASE);
  first = await run();
}, WORLD_START_MS);
afterAll(async () => {
  source.release();
  await Promise.all([world.close(), older.close()]);
});

const run = () => importDatabase(source, createDb(world.databaseVars));

async function signIn(email: string, password: string): Promise<Client> {
  const client = anonymous(world.worker.url);
  const { status, body } = await client.post("/auth/login", { email, password });
  expect(status, JSON.stringify(body)).toBe(200);
  return bearer(body.access_token, world.worker.url);
}

const ada = () => signIn("ada@example.com", "correct horse");

const chatOf = async (client: Client, title: string): Promise<Body> =>
  (await client.get("/chats")).body.chats.find((chat: Body) => chat.title === title);

const counts = (report: ImportReport) =>
  Object.fromEntries(
    Object.entries(report).map(([table, { imported, present, leftOut }]) => [
      table,
      [imported, present, [...leftOut.values()].reduce((sum, { count }) => sum + count, 0)],
    ]),
  );

const tables = () =>
  world.query(
    `SELECT (SELECT json_agg(u ORDER BY id) FROM users AS u) AS users,
       (SELECT json_agg(c ORDER BY id) FROM chats AS c) AS chats,
       (SELECT json_agg(m ORDER BY id) FROM messages AS m) AS messages,
       (SELECT json_agg(json_build_array(id, file_path) ORDER BY id) FROM files) AS files`,
  );

describe("An imported database", () => {
  it("has its users, who sign in with their old passwords", async () => {
    const me = (await (await ada()).get("/users/me")).body;
    expect(me).toMatchObject({
      id: "3f2c8b1e-7d4a-4c55-9a0e-1b2c3d4e5f60",
      name: "Ada",
      email: "Ada@Example.com",
      created_at: "2024-05-01T08:30:00.123Z",
    });
    const zoe = await signIn("ZOE@example.com", "seven tall lamps");
    expect((await zoe.get("/users/me")).body.name).toBe("Zoë");
    const refused = await anonymous(world.worker.url).post("/auth/login", {
      email: "bob@example.com",
      password: "correct horse",
    });
    expectProblem(refused, 401, "invalid_credentials");
  });

  it("has its chats, with their messages in order, each below the one before", async () => {
    const client = await ada();
    const chat = await chatOf(client, "The deposit");
    const { body } = await client.get(`/chats/${chat.id}`);
    expect(body).toMatchObject({ message_count: 4, created_at: "2024-05-01T09:00:00.000Z" });
    const messages: Body[] = body.messages;
    expect(messages.map(({ type, content }) => [type, content])).toEqual([
      ["user", "How much deposit?"],
      ["bot", "Three months' rent at most."],
      ["user", "And when is it returned?"],
      ["bot", "Within thirty days."],
    ]);
    expect(messages.map((message) => message.parent_id)).toEqual([
      null,
      ...messages.slice(0, -1).map(({ id }) => id),
    ]);
    expect(body.current_message_id).toBe(messages.at(-1)?.id);
    const [question, answer, second] = messages;
    expect(question).toMatchObject({ file_name: "lease.txt", metadata: { client: "web" } });
    expect(question?.file_url).toMatch(/^\/files\/[0-9a-f-]{36}\/content$/);
    expect(answer?.metadata.note).toBe("ab\uFFFD");
    expect(answer?.metadata.older).toMatchObject({ model: "gpt-4" });
    expect(second).toMatchObject({ file_url: null, metadata: {} });
  });

  it("goes on: a turn is answered below the last imported message", async () => {
    const client = await signIn("zoe@example.com", "seven tall lamps");
    const [chat] = (await client.get("/chats")).body.chats;
    expect(chat.title).toBe("é".repeat(200));
    const turn = await client.post(`/chats/${chat.id}/messages`, { content: "And now?" });
    expect(turn.status).toBe(200);
    const { body } = await client.get(`/chats/${chat.id}/messages`);
    expect(body.map(({ content }: Body) => content).slice(0, 2)).toEqual(["Hello?", "And now?"]);
  });

  it("has its files, which the cron ingests from their old keys", async () => {
    const client = await ada();
    const files: Body[] = (await client.get("/files")).body;
    expect(files.map(({ original_name: name }): string => name).toSorted()).toEqual([
      "lease.txt",
      "lost.pdf",
    ]);
    await world.minute();
    const [lease, lost] = await Promise.all(
      ["lease.txt", "lost.pdf"].map((name) => {
        const file = files.find(({ original_name: each }) => each === name);
        return settled(client, file?.id);
      }),
    );
    expect(lease).toMatchObject({ status: "ready" });
    expect(await textOf(client, lease.id)).toBe(LEASE);
    expect(lost).toMatchObject({ status: "failed", failure: { code: "missing" } });
  });
});

describe("The import", () => {
  it("says what it left out and what it changed, and why", () => {
    expect(counts(first)).toEqual({
      users: [5, 0, 2],
      chats: [3, 0, 1],
      messages: [5, 0, 4],
      files: [3, 0, 2],
    });
    const report = describeReport(first);
    for (const line of [
      "users: 5 imported, 0 imported before, 2 left out",
      "left out: 1 × another account has this address (such as id legacy-19)",
      "left out: 1 × Postgres refused it (54000) (such as id legacy-22)",
      "changed: 2 × the password hash is unknown; the password has to be reset",
      "changed: 1 × the title was cut",
      "left out: 1 × its chat does not exist (such as id m-6)",
      "left out: 1 × its chat was not imported (such as id m-7)",
      "left out: 1 × its type is system (such as id m-3)",
      "left out: 1 × it is empty (such as id m-5)",
      "left out: 1 × its size is unknown, or zero (such as id f-4)",
      "left out: 1 × its user was not imported (such as id f-5)",
    ]) {
      expect(report).toContain(line);
    }
  });

  it("run again adds nothing, and run later what is new, below what was imported", async () => {
    const before = await tables();
    const again = await run();
    expect(await tables()).toEqual(before);
    expect(describeReport(again)).not.toContain("changed:");
    expect(counts(again)).toMatchObject({ users: [0, 5, 2], messages: [0, 5, 4] });
    await source.query(
      `INSERT INTO messages (id, chat_id, type, content, created_at)
       VALUES ('m-10', 'c-1', 'user', 'Thank you.', '2024-05-01 09:10:00')`,
    );
    expect(counts(await run())).toMatchObject({ messages: [1, 5, 4] });
    const client = await ada();
    const { body } = await client.get(`/chats/${(await chatOf(client, "The deposit")).id}`);
    expect(body.message_count).toBe(5);
    expect(body.messages.at(-1)).toMatchObject({
      content: "Thank you.",
      parent_id: body.messages.at(-2).id,
    });
  });

  it("does not move a chat back that has gone on in the new system", async () => {
    const client = await ada();
    const { id } = await chatOf(client, "The deposit");
    await client.post(`/chats/${id}/messages`, { content: "One more thing?", stream: false });
    const { body: before } = await client.get(`/chats/${id}`);
    await source.query(
      `INSERT INTO messages (id, chat_id, type, content, created_at)
       VALUES ('m-11', 'c-1', 'user', 'Written late.', '2024-05-01 09:20:00')`,
    );
    await run();
    const { body: after } = await client.get(`/chats/${id}`);
    expect(after.current_message_id).toBe(before.current_message_id);
    expect(after.message_count).toBe(before.message_count + 1);
  });

  it("writes into no chat of another owner whose id it shares", async () => {
    const eve = await world.signUp();
    const chat = (await eve.post("/chats", { title: "Eve's own" })).body;
    await source.query(
      "INSERT INTO chats (id, user_id, title) VALUES ($1, 'legacy-17', 'Same id')",
      [chat.id],
    );
    await source.query(
      "INSERT INTO messages (id, chat_id, type, content) VALUES ('m-12', $1, 'user', 'Mine?')",
      [chat.id],
    );
    await run();
    const { body } = await eve.get(`/chats/${chat.id}`);
    expect(body).toMatchObject({ title: "Eve's own", messages: [] });
  });

  it("skips tables and columns that the older version did not have, and imports many rows", async () => {
    await source.query(
      `DROP TABLE files; ALTER TABLE messages DROP COLUMN metadata; ALTER TABLE users DROP COLUMN updated_at;
       INSERT INTO users (id, name, email, hashed_password)
       SELECT 'many-' || n, 'Many', 'many' || n || '@example.com', 'x' FROM generate_series(1, 450) AS n;
       INSERT INTO chats (id, user_id, title) SELECT 'many-chat', 'many-1', 'Many';
       INSERT INTO messages (id, chat_id, type, content, created_at)
       SELECT 'many-' || n, 'many-chat', CASE n % 2 WHEN 1 THEN 'user' ELSE 'bot' END, 'No. ' || n,
         timestamp '2024-01-01' + n * interval '1 second' FROM generate_series(1, 450) AS n`,
    );
    const seen: number[] = [];
    const report = await importDatabase(source, createDb(world.databaseVars), (table, rows) => {
      if (table === "users") seen.push(rows);
    });
    expect(report.files).toBeUndefined();
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBe(457);
    expect(report.users?.imported).toBe(450);
    const depth = await world.query(
      `WITH RECURSIVE path AS (
         SELECT m.*, 1 AS depth FROM messages AS m JOIN chats AS c ON c.current_message_id = m.id WHERE c.title = 'Many'
         UNION ALL SELECT m.*, path.depth + 1 FROM path JOIN messages AS m ON m.id = path.parent_id)
       SELECT max(depth) AS depth FROM path`,
    );
    expect(depth).toEqual([{ depth: "450" }]);
  });
});
