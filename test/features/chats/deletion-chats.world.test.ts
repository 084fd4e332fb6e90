import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { type ApiResponse, expectProblem, type SignedIn } from "../../support/client.ts";
import { fillChat } from "../../support/long-chats.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { plantFile } from "../../support/planted-files.ts";
import { expectedOfNothing, type Operation, readOperations } from "../../support/routes.ts";
import { connect, newTicket } from "../../support/socket.ts";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
}, WORLD_START_MS);
afterAll(() => world.close());

/** The rows of a chat, by table. */
async function rowsOf(chatId: string): Promise<Record<string, number>> {
  const tables = ["messages", "message_words", "chat_files", "chat_sessions", "ai_usage"];
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table} WHERE chat_id = $1)`);
  const [row] = await world.query(
    `SELECT (SELECT count(*) FROM chats WHERE id = $1) AS chats,
       ${tables.map((table, index) => `${counts[index]} AS ${table}`).join(", ")}`,
    [chatId],
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]));
}

/** The deletion alone, as when the request dies right after it. */
const tombstone = (chatId: string) =>
  world.query(
    "UPDATE chats SET user_id = NULL, deleted_at = now(), current_message_id = NULL WHERE id = $1",
    [chatId],
  );

const NOTHING = {
  chats: 0,
  messages: 0,
  message_words: 0,
  chat_files: 0,
  chat_sessions: 0,
  ai_usage: 0,
};

const call = (of: SignedIn, { method, body }: Operation, path: string): Promise<ApiResponse> => {
  const name = method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  return name === "get" ? of.get(path) : of[name](path, body);
};

const withoutRequest = ({ status, body }: ApiResponse) => {
  const { request_id: _request, instance: _instance, ...rest } = body ?? {};
  return { status, ...rest };
};

describe("a deleted chat that is not yet purged", { timeout: 60_000 }, () => {
  it("is 404 on every route, as are its messages", async () => {
    const operations = await readOperations();
    const fileId = await plantFile(world, ada);
    const [title, word] = ["Pelargonium lease", "pelargonium"];
    const chatId = await newChat(ada, { title });
    const turn = await ada.post(`/chats/${chatId}/messages`, {
      content: `A ${word}?`,
      file_ids: [fileId],
    });
    const { user_message: userMessage, ai_response: answer } = turn.body;
    const ticket = await newTicket(ada, chatId);
    const named = await ada.get(`/search?q=${word}`);
    expect(named.body.hits.length).toBeGreaterThan(0);
    await ada.delete(`/chats/${chatId}`);
    expect(await rowsOf(chatId)).toMatchObject({ chats: 1, messages: 2, message_words: 2 });

    const byId = operations.filter(({ path, open }) => path.includes("{id}") && !open);
    for (const operation of byId) {
      const ids = [chatId, userMessage.id, answer.id, crypto.randomUUID()];
      const responses = await Promise.all(
        ids.map((id) => call(ada, operation, operation.path.replace("{id}", id))),
      );
      const [first, ...others] = responses.map(withoutRequest);
      expect(first, operation.id).toMatchObject(expectedOfNothing(operation));
      for (const other of others) expect(other, operation.id).toEqual(first);
    }
    const inBody = operations.filter(({ body }) => body?.chat_id !== undefined);
    expect(inBody.map(({ path }) => path).toSorted()).toEqual(["/messages", "/ws/tickets"]);
    for (const operation of inBody) {
      const body = { ...operation.body, chat_id: chatId };
      const refused = await call(ada, { ...operation, body }, operation.path);
      expectProblem(refused, 404, "not_found");
    }
    expectProblem(await ada.post("/chat", { chat_id: chatId, content: "Hi" }), 404, "not_found");
    expectProblem(await ada.get(`/search?q=${word}&chat_id=${chatId}`), 404, "not_found");
    const lists = operations.filter(({ method, path }) => method === "GET" && !path.includes("{"));
    const asked = [`/search?q=${word}`, "/chats?search=Pelargonium", "/chats?archived=true"];
    for (const address of [...lists.map(({ path }) => path), ...asked]) {
      const text = await (await ada.fetch(address)).text();
      for (const secret of [chatId, userMessage.id, answer.id, title]) {
        expect(text, address).not.toContain(secret);
      }
    }
    await expect(connect(chatId, ticket, world.worker.url)).rejects.toThrow();
  });

  it("is hidden from a repeated request of each kind, before and after the purge", async () => {
    const chatId = (await ada.post("/chats", {}, { "idempotency-key": "chat" })).body.id;
    const note = { chat_id: chatId, type: "user", content: "A note" };
    const repeat: [string, string, object][] = [
      ["chat", "/chats", {}],
      ["note", "/messages", note],
      ["turn", `/chats/${chatId}/messages`, { content: "Hello?" }],
      ["main", "/chat", { chat_id: chatId, content: "Hello?" }],
      ["name", `/chats/${chatId}/name`, {}],
    ];
    for (const [key, path, body] of repeat.slice(1)) {
      const made = await ada.post(path, body, { "idempotency-key": key });
      expect(made.status, path).toBeLessThan(300);
    }
    // Its room is not notified yet, and would still serve the turn.
    await tombstone(chatId);
    const again = async () => {
      for (const [key, path, body] of repeat) {
        expectProblem(await ada.post(path, body, { "idempotency-key": key }), 404, "not_found");
      }
    };
    await again();
    await world.minute();
    expect(await rowsOf(chatId)).toEqual(NOTHING);
    await again();
  });

  it("is not written to by late writers", async () => {
    const turn = await runningTurn(ada);
    // The room is not notified: it continues its answer, and saves it.
    await tombstone(turn.chatId);
    const rows = () =>
      world.query(
        `SELECT c.version, c.updated_at, c.title, c.message_count, m.content, m.status FROM chats AS c
         JOIN messages AS m ON m.chat_id = c.id WHERE c.id = $1 ORDER BY m.id`,
        [turn.chatId],
      );
    const before = await rows();
    await turn.finish();
    await turn.rest();
    await world.query(
      "UPDATE messages SET created_at = now() - interval '2 hours' WHERE chat_id = $1",
      [turn.chatId],
    );
    const hold = await world.injectFault({ contains: "purged_chats", times: 99, kind: "status" });
    const line = await world.minute();
    await hold();
    expect(line).toMatchObject({ turns_found: 0, purge_error: expect.anything() });
    expect(await rows()).toEqual(before);
    expect(await rowsOf(turn.chatId)).toMatchObject({ messages: 2, ai_usage: 0 });
    await world.minute();
    expect(await rowsOf(turn.chatId)).toEqual(NOTHING);
    expect(Object.keys(await world.worker.storageOf(turn.chatId))).toEqual([]);
    const [spent] = await world.query(
      "SELECT count(*) AS n FROM ai_usage WHERE user_id = $1 AND chat_id IS NULL AND message_id IS NULL",
      [ada.user.id],
    );
    expect(Number(spent?.n)).toBeGreaterThan(0);
  });
});

/** More than one batch takes, and few enough to be written in a second. */
const LONG = 5_000;

describe("purging a chat", { timeout: 60_000 }, () => {
  it("purges a long one in batches, resuming after an interruption; deleting takes no batch", async () => {
    const [chatId, other] = [await newChat(ada), await newChat(ada)];
    await say(ada, other, "Mine still");
    await fillChat(world, ada, chatId, LONG);
    await world.query(
      `INSERT INTO chat_sessions (id, user_id, chat_id, session_id, session_token, is_active, last_activity, created_at)
       SELECT gen_random_uuid(), $1, $2, s.id, 't' || n, true, now(), now()
       FROM generate_series(1, 1500) AS n, sessions AS s WHERE s.user_id = $1`,
      [ada.user.id, chatId],
    );
    await world.query(
      `INSERT INTO ai_usage (id, user_id, chat_id, message_id, service_type, provider, model_name,
         prompt_tokens, completion_tokens, total_tokens, cost_estimate, estimated, created_at)
       SELECT gen_random_uuid(), $1, $2, id, 'answer', 'p', 'm', 1, 1, 2, 0, false, now()
       FROM messages WHERE chat_id = $2 ORDER BY id LIMIT 2500`,
      [ada.user.id, chatId],
    );
    expect((await ada.delete(`/chats/${chatId}`)).status).toBe(200);
    expect(await rowsOf(chatId)).toMatchObject({ chats: 1, messages: LONG, message_words: LONG });

    const fault = { contains: "purged_chats", kind: "cut_after_commit" } as const;
    const heal = await world.injectFault({ ...fault, times: 2 });
    expect(await world.minute()).toMatchObject({ purge_error: expect.anything() });
    await heal();
    const left = await rowsOf(chatId);
    expect(left).toMatchObject({ chats: 1, messages: LONG - 2_000, chat_sessions: 0 });
    const portions = (await world.callsContaining("purged_chats")).length;
    const line = await world.minute();
    expect(line).toMatchObject({ purge_chats: 1, purge_messages: LONG - 2_000, purge_left: 0 });
    expect((await world.callsContaining("purged_chats")).length - portions).toBeGreaterThanOrEqual(
      3,
    );
    expect(await rowsOf(chatId)).toEqual(NOTHING);
    expect(await rowsOf(other)).toMatchObject({ chats: 1, messages: 1, message_words: 1 });
    const [spent] = await world.query(
      "SELECT count(*) AS n FROM ai_usage WHERE user_id = $1 AND model_name = 'm'",
      [ada.user.id],
    );
    expect(Number(spent?.n)).toBe(2_500);
  });

  it("reads no more text at once than a batch may have", async () => {
    const chatId = await newChat(ada);
    await say(ada, chatId, "Short");
    await world.query(
      `INSERT INTO messages (id, chat_id, type, content, status, created_at)
       SELECT gen_random_uuid(), $1, 'bot', repeat('x', 1048576), 'failed', now() FROM generate_series(1, 20)`,
      [chatId],
    );
    await ada.delete(`/chats/${chatId}`);
    const before = (await world.callsContaining("purged_chats")).length;
    expect(await world.minute()).toMatchObject({ purge_messages: 21, purge_left: 0 });
    expect((await world.callsContaining("purged_chats")).length - before).toBeGreaterThanOrEqual(2);
  });

  it("purges many short ones, each once, though many cron runs overlap", async () => {
    const chats = Array.from({ length: 120 }, () => crypto.randomUUID());
    await world.query(
      `INSERT INTO chats (id, user_id, title, created_at, updated_at, deleted_at)
       SELECT id, NULL, 'Short', now(), now(), now() FROM unnest(string_to_array($1, ',')::uuid[]) AS id`,
      [chats.join(",")],
    );
    await world.query(
      `INSERT INTO messages (id, chat_id, type, content, status, created_at)
       SELECT gen_random_uuid(), id, 'user', '', 'complete', now()
       FROM unnest(string_to_array($1, ',')::uuid[]) AS id`,
      [chats.join(",")],
    );
    // Their rooms belong to another test.
    await world.query(
      `INSERT INTO deletions (kind, target, due_at, last_at, created_at)
       SELECT 'room', id, now() + interval '1 hour', now() + interval '1 hour', now()
       FROM unnest(string_to_array($1, ',')) AS id`,
      [chats.join(",")],
    );
    await Promise.all([world.minute(), world.minute()]);
    await world.minute();
    const left = await world.query("SELECT 1 FROM chats WHERE deleted_at IS NOT NULL");
    expect(left).toEqual([]);
    const orphans = `SELECT 1 FROM message_words AS w WHERE NOT EXISTS (SELECT FROM messages WHERE id = w.message_id)
      UNION ALL SELECT 1 FROM messages AS m WHERE NOT EXISTS (SELECT FROM chats WHERE id = m.chat_id)`;
    expect(await world.query(orphans)).toEqual([]);
  });
});
