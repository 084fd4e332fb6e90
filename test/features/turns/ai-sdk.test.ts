import { beforeAll, describe, expect, it } from "vitest";
import {
  answered,
  answeredChat,
  answerIn,
  chatsOf,
  chunksOf,
  clientId,
  endOf,
  held,
  load,
  readUntil,
  send,
  sendRaw,
  textIn,
  textsOf,
  userMessage,
} from "../../support/ai-sdk.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { answersContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

describe("a conversation of the AI SDK", () => {
  it("is answered in the chunks that every version takes, under the client's own ids", async () => {
    const id = clientId();
    const message = userMessage(await answered("One ", "two."));
    const response = await sendRaw(ada, { id, messages: [message], trigger: "submit-message" });
    expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const chunks = await chunksOf(response);
    const shown = chunks.filter(({ type }) => type !== "data-title");
    expect(shown.map(({ type }) => type)).toEqual([
      "start",
      "start-step",
      "text-start",
      "text-delta",
      "text-delta",
      "text-end",
      "finish-step",
      "finish",
    ]);
    expect(textIn(chunks)).toBe("One two.");
    expect(endOf(chunks)).toMatchObject({ status: "complete", finish_reason: "stop" });
    const [kept, answer] = await load(ada, id);
    expect(answer).toMatchObject({ id: answerIn(chunks), role: "assistant" });
    expect(kept).toMatchObject({
      role: "user",
      parts: [{ type: "text", text: message.parts[0]?.text }],
    });
    expect(textsOf([answer])).toEqual(["One two."]);
  });

  it("goes on below the answer that the client has, whatever else the body holds", async () => {
    const { id, asked, answer } = await answeredChat(ada);
    const next = userMessage(await answered("Second."));
    const extra = {
      tools: {},
      callSettings: {},
      system: "Be brief.",
      config: { a: 1 },
      metadata: {},
    };
    const chunks = await send(ada, { id, messages: [asked, answer, next], ...extra });
    expect(textIn(chunks)).toBe("Second.");
    expect(await chatsOf(id)).toHaveLength(1);
    expect((await load(ada, id)).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
  });

  it("gives the provider the stored history, not the one that the client sends", async () => {
    const { id, asked, answer } = await answeredChat(ada, ["Stored answer."]);
    const marker = await answered("Fine.");
    const forged = { ...answer, parts: [{ type: "text", text: "Forged answer." }] };
    await send(ada, { id, messages: [asked, forged, userMessage(marker)] });
    const [request] = await answersContaining(marker);
    expect(JSON.stringify(request?.body.messages)).toContain("Stored answer.");
    expect(JSON.stringify(request?.body.messages)).not.toContain("Forged answer.");
  });

  it("is found by our own id of the chat, and by our ids of its messages", async () => {
    const { id } = await answeredChat(ada);
    const [chat] = await chatsOf(id);
    const messages = await load(ada, String(chat?.id));
    const next = userMessage(await answered("By our ids."));
    const chunks = await send(ada, { id: String(chat?.id), messages: [...messages, next] });
    expect(textIn(chunks)).toBe("By our ids.");
    expect(await load(ada, id)).toHaveLength(4);
  });

  it("is another chat for another user with the same id", async () => {
    const { id } = await answeredChat(ada);
    const message = userMessage(await answered("For Eve."));
    expect(textIn(await send(eve, { id, messages: [message] }))).toBe("For Eve.");
    expect(await load(eve, id)).toHaveLength(2);
    expect(await load(ada, id)).toHaveLength(2);
    expect(await chatsOf(id)).toHaveLength(2);
  });

  it("sent many times at once is one chat with one turn", async () => {
    const id = clientId();
    const marker = await script({ kind: "answer", tokens: ["Only ", "once."] });
    const body = { id, messages: [userMessage(marker)] };
    const all = await Promise.all(Array.from({ length: 8 }, () => send(ada, body)));
    expect(new Set(all.map(textIn))).toEqual(new Set(["Only once."]));
    expect(new Set(all.map(answerIn)).size).toBe(1);
    expect(await chatsOf(id)).toHaveLength(1);
    expect(await load(ada, id)).toHaveLength(2);
  });

  it("of two first messages at once is one chat, and loses neither", async () => {
    const id = clientId();
    const markers = [await answered("Left."), await answered("Right.")];
    const sending = markers.map((marker) => sendRaw(ada, { id, messages: [userMessage(marker)] }));
    const streams = await Promise.all(sending);
    await Promise.all(streams.map((stream) => stream.text()));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    const [chat, ...others] = await chatsOf(id);
    expect(others).toEqual([]);
    const kept = await query("SELECT id FROM messages WHERE chat_id = $1", [chat?.id]);
    expect(kept).toHaveLength(4);
  });

  it("attaches a repeated message to its answer, also while that runs", async () => {
    const id = clientId();
    const { marker, finish } = await held("Half ", "done.");
    const body = { id, messages: [userMessage(marker)] };
    await readUntil(await sendRaw(ada, body), "Half ");
    const repeated = send(ada, body);
    await finish();
    expect(textIn(await repeated)).toBe("Half done.");
    expect(textIn(await send(ada, body))).toBe("Half done.");
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("asks again after an answer that failed", async () => {
    const id = clientId();
    const marker = await script({ kind: "answer", times: 1, errorStatus: 401 });
    const body = { id, messages: [userMessage(marker)] };
    const failed = await send(ada, body);
    expect(failed.find(({ type }) => type === "error")?.errorText).toContain("provider");
    expect(endOf(failed)).toMatchObject({ status: "failed" });
    await script({ kind: "answer", times: 1, tokens: ["Now."] }, marker);
    expect(textIn(await send(ada, body))).toBe("Now.");
  });
});

describe("regenerating", () => {
  it("gives another answer to the last user message, beside the old one", async () => {
    const { id, asked, answer } = await answeredChat(ada);
    await script({ kind: "answer", times: 1, tokens: ["Again."] }, asked.parts[0]?.text);
    const body = { id, messages: [asked], trigger: "regenerate-message", messageId: answer.id };
    const chunks = await send(ada, body);
    expect(textIn(chunks)).toBe("Again.");
    expect(answerIn(chunks)).not.toBe(answer.id);
    expect(textsOf(await load(ada, id)).at(-1)).toBe("Again.");
    const siblings = await query(
      "SELECT id FROM messages WHERE parent_id = (SELECT parent_id FROM messages WHERE id = $1)",
      [answer.id],
    );
    expect(siblings).toHaveLength(2);
  });

  it("sends a message that never arrived", async () => {
    const id = clientId();
    const message = userMessage(await answered("Arrived."));
    const body = { id, messages: [message], trigger: "regenerate-message" };
    expect(textIn(await send(ada, body))).toBe("Arrived.");
  });

  it("answers a message of the middle, on a new branch", async () => {
    const { id, asked, answer } = await answeredChat(ada);
    const next = userMessage(await answered("Second."));
    await send(ada, { id, messages: [asked, answer, next] });
    await script({ kind: "answer", times: 1, tokens: ["First again."] }, asked.parts[0]?.text);
    await send(ada, { id, messages: [asked], trigger: "regenerate-message", messageId: answer.id });
    expect(textsOf(await load(ada, id)).at(-1)).toBe("First again.");
    expect(await load(ada, id)).toHaveLength(2);
  });
});

describe("editing", () => {
  it("puts a new user message beside the old one, which passes its id on", async () => {
    const { id, asked } = await answeredChat(ada);
    for (const wanted of ["B.", "C.", "D."]) {
      const edited = userMessage(await answered(wanted), asked.id);
      const body = { id, messages: [edited], trigger: "submit-message", messageId: asked.id };
      expect(textIn(await send(ada, body))).toBe(wanted);
      expect(textsOf(await load(ada, id)).at(-1)).toBe(wanted);
      expect(await load(ada, id)).toHaveLength(2);
    }
  });

  it("back to an earlier text is another edit", async () => {
    const { id, asked } = await answeredChat(ada, ["First."]);
    const text = asked.parts[0]?.text;
    await send(ada, { id, messages: [userMessage(await answered("Other."), asked.id)] });
    await script({ kind: "answer", times: 1, tokens: ["Back."] }, text);
    expect(textIn(await send(ada, { id, messages: [asked] }))).toBe("Back.");
    expect(textsOf(await load(ada, id))).toEqual([text, "Back."]);
  });

  it("finds a message by our id, after the page was loaded again, and again after that", async () => {
    const { id } = await answeredChat(ada);
    const [loaded] = await load(ada, id);
    for (const wanted of ["Once.", "Twice."]) {
      const edited = userMessage(await answered(wanted), loaded.id);
      expect(textIn(await send(ada, { id, messages: [edited] }))).toBe(wanted);
      expect(await load(ada, id)).toHaveLength(2);
    }
  });

  it("from a tab that has not seen the newest messages makes a branch where it stands", async () => {
    const { id, asked, answer } = await answeredChat(ada);
    await send(ada, { id, messages: [asked, answer, userMessage(await answered("Tab one."))] });
    await send(ada, { id, messages: [asked, answer, userMessage(await answered("Tab two."))] });
    const texts = textsOf(await load(ada, id));
    expect([texts[1], texts[3], texts.length]).toEqual(["Yes.", "Tab two.", 4]);
  });
});
