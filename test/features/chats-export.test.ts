import { beforeAll, describe, expect, it } from "vitest";
import { expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { chatOf, grow, newChat, say } from "../support/chats.ts";
import { injectFault } from "../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("downloading a chat", () => {
  it("gives JSON of the chat and its active path, oldest message first", async () => {
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

  it("gives Markdown with each message's author and time", async () => {
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
        `## User · ${path[0].created_at}\n\nWhat about\n\n# my deposit?\n`,
        `## Assistant · ${answer.created_at}\n\nIt is **due**.\n`,
      ].join("\n"),
    );
  });

  it("holds a chat of many pages whole, in order", async () => {
    const { id, path } = await chatOf(ada, 1_001);
    const { body } = await ada.get(`/chats/${id}/export?format=json`);
    expect(body.messages.map((message: { id: string }) => message.id)).toEqual(path);
    const { body: text } = await ada.get(`/chats/${id}/export?format=markdown`);
    expect(text.match(/^message \d+$/gm)).toEqual(path.map((_, index) => `message ${index + 1}`));
  });

  it("works for a chat without messages", async () => {
    const id = await newChat(ada, { title: "Empty" });
    expect((await ada.get(`/chats/${id}/export`)).body.messages).toEqual([]);
    expect((await ada.get(`/chats/${id}/export?format=markdown`)).body).toBe("# Empty\n");
  });

  it("refuses a format that there is not", async () => {
    const id = await newChat(ada);
    const answer = await ada.get(`/chats/${id}/export?format=pdf`);
    expectProblem(answer, 422, "validation_failed", "?format");
  });

  it("is cut, rather than ended as if whole, when the database fails in the middle", async () => {
    const { id, path } = await chatOf(ada, 401);
    const remove = await injectFault({ contains: path[400] ?? "", times: 99, kind: "refuse" });
    const response = await ada.fetch(`/chats/${id}/export`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await remove();
  });

  it("is cut when the chat is deleted meanwhile", async () => {
    const { id, path } = await chatOf(ada, 401);
    const last = path[400] ?? "";
    const remove = await injectFault({ contains: last, times: 1, kind: "delay", delayMs: 500 });
    const response = await ada.fetch(`/chats/${id}/export`);
    // Handled from the start: it may fail while the deletion is still being waited for.
    const whole = response.text().catch((error: unknown) => error);
    await ada.delete(`/chats/${id}`);
    expect(await whole).toBeInstanceOf(Error);
    await remove();
  });
});
