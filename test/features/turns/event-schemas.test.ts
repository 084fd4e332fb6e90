/** What a client is sent, as the OpenAPI document describes it: `readEvents` checks every event of a stream. */
import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { type Body, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { attach, newDocument } from "../../support/documents.ts";
import { settled, upload } from "../../support/files.ts";
import { checkAgainstComponent } from "../../support/openapi.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { openTab } from "../../support/socket.ts";
import { allEvents, type StreamEvent } from "../../support/sse.ts";
import { readDocument } from "../../support/routes.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

async function ask(body: object): Promise<StreamEvent[]> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, stream: true }),
  };
  return allEvents(await ada.fetch("/chat", init));
}

const namesOf = (events: StreamEvent[]) => [...new Set(events.map(({ name }) => name))];

describe("every event of a turn is as the document says", () => {
  it("of an answer with citations and a title", async () => {
    const marker = await script({
      kind: "answer",
      tokens: ["The lease says “The rent is $1,500 a month.” [1]"],
    });
    const file = await newDocument(ada, ["The rent is $1,500 a month."]);
    const events = await ask({ content: `The rent? ${marker}`, file_ids: [file] });
    expect(namesOf(events)).toEqual([
      "user_message",
      "ai_message_start",
      "content_delta",
      "citations",
      "ai_message_complete",
      "chat_name",
      "stream_complete",
    ]);
  });

  it("of an answer that fails", async () => {
    const marker = await script({ kind: "answer", errorStatus: 500 });
    expect(namesOf(await ask({ content: marker }))).toContain("turn_error");
  });

  it("of a message that is too long for an event, whose content is null with its length", async () => {
    const content = "𝒳".repeat(5_000);
    const [first] = await ask({ content });
    expect(first?.data.message).toMatchObject({ content: null, content_length: 5_000 });
  });

  it("and what is no event is not", async () => {
    for (const event of [
      { type: "other" },
      { type: "content_delta" },
      { type: "chat_name", name: 1 },
    ]) {
      await expect(checkAgainstComponent("TurnEvent", event)).rejects.toThrow();
    }
    const unknown = { type: "error", error: "No.", code: "ai_timeout", more: 1 };
    await expect(checkAgainstComponent("TurnEvent", unknown)).rejects.toThrow();
  });
});

describe("every frame of a socket is as the document says", () => {
  const check = async (frames: Body[]) => {
    for (const frame of frames) await checkAgainstComponent("ServerFrame", frame);
    return new Set(frames.map(({ type }) => type));
  };

  it("of turns, changes of the chat, and responses to the client", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const tab = await openTab(ada, chatId);
    const turn = await runningTurn(ada, chatId);
    await turn.finish();
    await tab.until("stream_complete");
    await say(ada, chatId, "A note.");
    await tab.until("chat_updated");
    tab.send({ type: "resume", after: 999_999 });
    await tab.until("error");
    const types = await check([...tab.frames, { type: "pong" }]);
    tab.close();
    for (const type of ["user_message", "content_delta", "chat_updated", "error"]) {
      expect(types).toContain(type);
    }
  });

  it("of files", async () => {
    const eve = await signUp("Eve", platformUrl);
    const chatId = await newChat(eve, { auto_title: false });
    const tab = await openTab(eve, chatId, platformUrl);
    const { body: file } = await upload(eve, "The rent is $1,500 a month.");
    await settled(eve, file.id);
    await attach(chatId, file.id);
    // As a job of the queue does.
    await query("UPDATE files SET status = 'failed', failure_code = 'damaged' WHERE id = $1", [
      file.id,
    ]);
    expect((await eve.post(`/files/${file.id}/complete`)).status).toBe(200);
    await tab.until("file_status");
    expect(await check(tab.frames)).toContain("file_status");
    tab.close();
  });
});

it("A stream of events has the schema of one event, for generated clients", async () => {
  const { paths, components } = await readDocument();
  for (const [path, method] of [
    ["/chat", "post"],
    ["/chats/{id}/messages", "post"],
    ["/chats/{id}/messages/stream", "post"],
    ["/chats/{id}/stream", "get"],
    ["/messages/{id}/regenerate", "post"],
    ["/messages/{id}", "patch"],
  ] as const) {
    const { schema } = paths[path][method].responses["200"].content["text/event-stream"];
    expect([path, schema.$ref]).toEqual([path, "#/components/schemas/TurnEvent"]);
  }
  const { discriminator, oneOf } = components.schemas.TurnEvent;
  expect(discriminator.propertyName).toBe("type");
  expect(Object.keys(discriminator.mapping)).toHaveLength(oneOf.length);
  for (const name of ["ServerFrame", "ClientFrame", "AnalysisEvent"]) {
    expect(Object.keys(components.schemas)).toContain(name);
  }
});
