import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, newChat, runningTurn, say } from "../../support/chats.ts";
import { countCalls, injectFault } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const UNKNOWN = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10";

describe("creating a chat", () => {
  it("returns the chat, its path and its version", async () => {
    const { status, headers, body } = await ada.post("/chats", { title: "Deposit" });
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/chats/${body.id}`);
    expect(headers.get("etag")).toBe('"1"');
    expect(body).toMatchObject({ title: "Deposit", user_id: ada.user.id, auto_title: false });
    expect(body).toMatchObject({ pinned: false, archived: false, message_count: 0 });
    const read = await ada.get(`/chats/${body.id}`);
    expect(read.body).toEqual({ ...body, messages: [], previous_cursor: null });
  });

  it("needs no body, and then titles the chat New Chat", async () => {
    const bodiless = await ada.fetch("/chats", { method: "POST" });
    expect(bodiless.status).toBe(201);
    for (const body of [{}, { title: null, auto_title: null }, { title: "New Chat" }]) {
      const created = await ada.post("/chats", body);
      expect(created.body).toMatchObject({ title: "New Chat", auto_title: true });
    }
  });

  it.each([
    [{ title: "Deposit" }, false],
    [{ title: "Deposit", auto_title: null }, false],
    [{ title: "Deposit", auto_title: true }, true],
    [{ title: " new chat " }, true],
    [{ title: "New Chat", auto_title: false }, false],
    [{ auto_title: false }, false],
  ])("with %j says whether it will be named automatically: %s", async (body, isAutomatic) => {
    const created = await ada.post("/chats", body);
    expect(created.body.auto_title).toBe(isAutomatic);
    const read = await ada.get(`/chats/${created.body.id}`);
    expect(read.body.auto_title).toBe(isAutomatic);
  });

  it("keeps the title exactly as sent, up to 200 code points of any script", async () => {
    for (const title of ["  ملف 𝒳 e\u0301 \u2028 <b>\\u0041  ", "👩‍⚖️", "𝒳".repeat(200)]) {
      const id = await newChat(ada, { title });
      expect((await ada.get(`/chats/${id}`)).body.title).toBe(title);
    }
  });

  it.each([
    [{ title: "" }, "/title"],
    [{ title: " \n\u00a0" }, "/title"],
    [{ title: "𝒳".repeat(201) }, "/title"],
    [{ title: 7 }, "/title"],
    ['{"title":"a\\u0000b"}', "/title"],
    ['{"title":"\\ud800"}', "/title"],
    [{ auto_title: "yes" }, "/auto_title"],
    [{ user_id: UNKNOWN }, "/user_id"],
    [[], ""],
  ])("refuses %j", async (body, pointer) => {
    expectProblem(await ada.post("/chats", body), 422, "validation_failed", pointer);
  });

  it("takes effect once when the response of Postgres is lost", async () => {
    const eve = await signUp();
    await injectFault({ contains: eve.user.id, times: 1, kind: "cut_after_commit" });
    expect((await eve.post("/chats", {})).status).toBe(201);
    expect((await eve.get("/chats")).body.total).toBe(1);
  });

  it("is refused with a Retry-After while Postgres is unreachable", async () => {
    const eve = await signUp();
    await injectFault({ contains: eve.user.id, times: 2, kind: "refuse" });
    const refused = await eve.post("/chats", {});
    expectProblem(refused, 503, "database_unavailable");
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  });
});

describe("reading a chat", () => {
  it("returns the newest page of messages, oldest first, and a cursor to the next", async () => {
    const { id, path } = await chatOf(ada, 130);
    const { body } = await ada.get(`/chats/${id}`);
    expect(body.messages.map((message: { id: string }) => message.id)).toEqual(path.slice(30));
    expect(body.previous_cursor).toBe(path[30]);
    const before = await ada.get(`/chats/${id}/messages?before=${body.previous_cursor}`);
    expect(before.body.map((message: { id: string }) => message.id)).toEqual(path.slice(0, 30));
  });

  it("has no cursor when all messages fit", async () => {
    const { id } = await chatOf(ada, 100);
    const { body } = await ada.get(`/chats/${id}`);
    expect(body.messages).toHaveLength(100);
    expect(body.previous_cursor).toBeNull();
  });

  it("returns 304 without a body to a client that has this version", async () => {
    const id = await newChat(ada);
    const etag = (await ada.get(`/chats/${id}`)).headers.get("etag") ?? "";
    for (const tags of [etag, `W/${etag}`, `"7", ${etag}`, "*"]) {
      const again = await ada.get(`/chats/${id}`, { "if-none-match": tags });
      expect(again.status).toBe(304);
      expect(again.headers.get("etag")).toBe(etag);
    }
    await say(ada, id, "Something new");
    const changed = await ada.get(`/chats/${id}`, { "if-none-match": etag });
    expect(changed.status).toBe(200);
    expect(changed.body.messages).toHaveLength(1);
  });

  it("refuses a malformed If-None-Match", async () => {
    const id = await newChat(ada);
    const response = await ada.get(`/chats/${id}`, { "if-none-match": "3" });
    expectProblem(response, 400, "malformed_header");
  });

  it("takes one round trip for every form", async () => {
    const { id, path } = await chatOf(ada, 20);
    for (const read of [
      "/chats",
      "/chats?search=x&start_date=2020-01-01&limit=2",
      `/chats/${id}`,
      `/chats/${id}/messages`,
      `/chats/${id}/messages?offset=3&limit=2`,
      `/chats/${id}/messages?before=${path[5]}`,
      `/chats/${id}/messages?after=${path[5]}`,
    ]) {
      const calls = await countCalls(ada.user.id, async () => {
        expect((await ada.get(read)).status).toBe(200);
      });
      expect(calls, read).toBe(1);
    }
  });
});

describe("deleting a chat", () => {
  it("confirms and ends its streams, also when the response of Postgres was lost", async () => {
    const turn = await runningTurn(ada);
    await injectFault({ contains: turn.chatId, times: 1, kind: "cut_after_commit" });
    expect((await ada.delete(`/chats/${turn.chatId}`)).status).toBe(200);
    expect((await turn.rest()).slice(-2)).toEqual(["turn_error", "stream_complete"]);
    expectProblem(await ada.get(`/chats/${turn.chatId}`), 404, "not_found");
  });

  it("deletes the messages too, and cannot be repeated", async () => {
    const id = await newChat(ada);
    await say(ada, id, "To be forgotten");
    const deleted = await ada.delete(`/chats/${id}`);
    expect(deleted.status).toBe(200);
    expect(deleted.body).toMatchObject({ success: true, data: { chat_id: id } });
    expectProblem(await ada.get(`/chats/${id}`), 404, "not_found");
    expectProblem(await ada.delete(`/chats/${id}`), 404, "not_found");
  });

  it("stops the running answer, and closes its subscribers", async () => {
    const turn = await runningTurn(ada);
    expect((await ada.delete(`/chats/${turn.chatId}`)).status).toBe(200);
    expect((await turn.rest()).slice(-2)).toEqual(["turn_error", "stream_complete"]);
    await turn.finish();
    expectProblem(await ada.get(`/chats/${turn.chatId}/stream`), 404, "not_found");
  });

  it("does not happen for another user when a response of Postgres is lost", async () => {
    const eve = await signUp();
    const turn = await runningTurn(ada);
    await injectFault({ contains: eve.user.id, times: 1, kind: "cut_after_commit" });
    expectProblem(await eve.delete(`/chats/${turn.chatId}`), 404, "not_found");
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
  });
});

describe("another user's chat", () => {
  const calls = (id: string): [string, string, unknown?][] => [
    ["get", `/chats/${id}`],
    ["put", `/chats/${id}`, { title: "Mine" }],
    ["patch", `/chats/${id}`, { title: "Mine" }],
    ["patch", `/chats/${id}`, {}],
    ["patch", `/chats/${id}`, { current_message_id: UNKNOWN }],
    ["delete", `/chats/${id}`],
    ["get", `/chats/${id}/messages`],
    ["get", `/chats/${id}/messages?before=${UNKNOWN}`],
    ["get", `/chats/${id}/messages?after=${UNKNOWN}`],
    ["post", `/chats/${id}/name`],
    ["post", `/chats/${id}/name`, { message: "Mine" }],
    ["get", `/chats/${id}/export`],
    ["get", `/chats/${id}/export?format=markdown`],
  ];

  type Method = "get" | "put" | "patch" | "post" | "delete";

  it("is answered like one that never existed, or an invalid id", async () => {
    const { id } = await chatOf(ada, 3);
    const eve = await signUp();
    for (const foreign of [id, UNKNOWN, "not-an-id", "%00", `${id}0`]) {
      for (const [method, path, body] of calls(foreign)) {
        const response = await (method === "get"
          ? eve.get(path)
          : eve[method as Method](path, body as never));
        expectProblem(response, 404, "not_found");
      }
    }
    const own = await ada.get(`/chats/${id}`);
    expect(own.body).toMatchObject({ title: "New Chat", message_count: 3 });
  });

  it("is not in the list, and accepts no message", async () => {
    const id = await newChat(ada, { title: "Secret" });
    const eve = await signUp();
    expect((await eve.get("/chats?search=Secret")).body).toMatchObject({ chats: [], total: 0 });
    const message = { chat_id: id, type: "user", content: "Hello" };
    expectProblem(await eve.post("/messages", message), 404, "not_found");
  });

  it("requires a sign-in", async () => {
    for (const [method, path, body] of [...calls(UNKNOWN), ["get", "/chats"], ["post", "/chats"]]) {
      const nobody = anonymous();
      const response = await (method === "get"
        ? nobody.get(path)
        : nobody[method as Method](path, body as never));
      expectProblem(response, 401, "unauthenticated");
    }
  });
});
