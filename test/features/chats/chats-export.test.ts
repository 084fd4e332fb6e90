import { beforeAll, describe, expect, it } from "vitest";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, grow, newChat, say } from "../../support/chats.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("downloading a chat", () => {
  it("returns JSON of the chat and its active path, oldest message first", async () => {
    const { id, path } = await chatOf(ada, 3);
    await grow(id, path[0] ?? null, ["another branch"]);
    const { status, headers, body } = await ada.get(`/chats/${id}/export`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("content-disposition")).toBe(
      `attachment; filename="New Chat.json"; filename*=UTF-8''New%20Chat.json`,
    );
    const read = await ada.get(`/chats/${id}`);
    const { messages, previous_cursor: _cursor, ...chat } = read.body;
    expect(body).toEqual({ chat, messages });
    expect(body.messages).toHaveLength(3);
  });

  it("returns Markdown with each message's author and time", async () => {
    const id = await newChat(ada, { title: "Kaution\n§ 551" });
    await say(ada, id, "What about\n\n# my deposit?");
    const { body: answer } = await ada.post("/messages", {
      chat_id: id,
      type: "bot",
      content: "It is **due**.",
    });
    const { body: path } = await ada.get(`/chats/${id}/messages`);
    const { headers, body } = await ada.get(`/chats/${id}/export?format=markdown`);
    expect(headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(headers.get("content-disposition")).toBe(
      `attachment; filename="Kaution _ 551.md"; filename*=UTF-8''Kaution%20%C2%A7%20551.md`,
    );
    expect(body).toBe(
      [
        "# Kaution § 551\n",
        `## User · ${path[0].created_at}\n\nWhat about\n\n\\# my deposit?\n`,
        `## Assistant · ${answer.created_at}\n\nIt is **due**.\n`,
      ].join("\n"),
    );
  });

  it("contains a chat of many pages whole, in order", async () => {
    const { id, path } = await chatOf(ada, 1_001);
    const { body } = await ada.get(`/chats/${id}/export?format=json`);
    expect(body.messages.map((message: { id: string }) => message.id)).toEqual(path);
    const { body: text } = await ada.get(`/chats/${id}/export?format=markdown`);
    expect(text.match(/^message \d+$/gm)).toEqual(path.map((_, index) => `message ${index + 1}`));
  });

  it("returns all branches, each message once and after its parent, page by page", async () => {
    const id = await newChat(ada, { title: "Branches" });
    const first = await ada.post(`/chats/${id}/messages`, { content: "May he keep it?" });
    await ada.post(`/messages/${first.body.ai_response.id}/regenerate`, {});
    await ada.patch(`/messages/${first.body.user_message.id}`, { content: "May she keep it?" });
    const { body } = await ada.get(`/chats/${id}/export?branches=all`);
    const { messages } = body;
    const contents = messages.map(({ content }: { content: string }) => content);
    expect(messages).toHaveLength(5);
    expect(contents).toEqual(expect.arrayContaining(["May he keep it?", "May she keep it?"]));
    for (const [index, { parent_id: parent }] of messages.entries()) {
      const before = messages.slice(0, index).map((message: { id: string }) => message.id);
      expect([null, ...before]).toContain(parent);
    }
    const active = (await ada.get(`/chats/${id}/export?branches=active`)).body.messages;
    expect(active).toEqual((await ada.get(`/chats/${id}/export`)).body.messages);
    expect(active).toHaveLength(2);
    expect(messages).toEqual(expect.arrayContaining(active));
    const { body: text } = await ada.get(`/chats/${id}/export?format=markdown&branches=all`);
    expect(text).toContain("May he keep it?");
    expect(text).toContain(`*Another branch: follows ${first.body.user_message.created_at}.*`);
    expect(text).toContain("*Another beginning.*");
    const long = await chatOf(ada, 450);
    const other = await grow(long.id, long.path[10] ?? null, ["aside", "aside too"]);
    const all = (await ada.get(`/chats/${long.id}/export?branches=all`)).body.messages;
    const ids = all.map((message: { id: string }) => message.id);
    expect(ids.toSorted()).toEqual([...long.path, ...other].toSorted());
  });

  it("reads one page of bytes at a time, for either choice of branches", async () => {
    const { id, path } = await chatOf(ada, 60);
    await query(
      "UPDATE messages SET content = repeat('é', 32000), status = 'failed' WHERE chat_id = $1",
      [id],
    );
    for (const branches of ["active", "all"]) {
      let messages: unknown[] = [];
      const trips = await countCalls(id, async () => {
        ({ messages } = (await ada.get(`/chats/${id}/export?branches=${branches}`)).body);
      });
      expect(messages).toHaveLength(path.length);
      // The outline, and 3.7 MiB.
      expect(trips).toBe(5);
    }
  });

  it("works for a chat without messages, for either choice of branches", async () => {
    const id = await newChat(ada, { title: "Empty" });
    expect((await ada.get(`/chats/${id}/export`)).body.messages).toEqual([]);
    expect((await ada.get(`/chats/${id}/export?format=markdown`)).body).toBe("# Empty\n");
    expect((await ada.get(`/chats/${id}/export?branches=all`)).body.messages).toEqual([]);
  });

  it("refuses an unknown format", async () => {
    const id = await newChat(ada);
    const response = await ada.get(`/chats/${id}/export?format=pdf`);
    expectProblem(response, 422, "validation_failed", "?format");
    const some = await ada.get(`/chats/${id}/export?branches=some`);
    expectProblem(some, 422, "validation_failed", "?branches");
  });

  it("breaks off, rather than ending as if complete, when Postgres fails in the middle", async () => {
    const { id, path } = await chatOf(ada, 401);
    const remove = await injectFault({ contains: path[400] ?? "", times: 99, kind: "refuse" });
    const response = await ada.fetch(`/chats/${id}/export`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await remove();
  });

  it("breaks off when the chat is deleted meanwhile", async () => {
    const { id, path } = await chatOf(ada, 401);
    const last = path[400] ?? "";
    const remove = await injectFault({ contains: last, times: 1, kind: "delay", delayMs: 500 });
    const response = await ada.fetch(`/chats/${id}/export`);
    // Handled from the start: it may fail while the deletion is still awaited.
    const whole = response.text().catch((error: unknown) => error);
    await ada.delete(`/chats/${id}`);
    expect(await whole).toBeInstanceOf(Error);
    await remove();
  });
});
