import { beforeAll, describe, expect, it } from "vitest";
import {
  answered,
  answeredChat,
  answerMessage,
  chatsOf,
  clientId,
  resume,
  send,
  sendRaw,
  textIn,
  userMessage,
} from "../../support/ai-sdk.ts";
import { anonymous, type SignedIn, signUp } from "../../support/client.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

describe("a chat that does not exist yet", () => {
  it("has nothing to resume, and no messages to load or answer to stop", async () => {
    for (const id of [
      clientId(),
      crypto.randomUUID(),
      "__LOCALID_x/y?z",
      "\u0000",
      "x".repeat(300),
    ]) {
      expect((await resume(ada, id)).status, id).toBe(204);
      const path = `/ai-sdk/chat/${encodeURIComponent(id)}`;
      expect((await ada.get(`${path}/messages`)).status).toBe(404);
      expect((await ada.post(`${path}/stop`)).status).toBe(404);
    }
  });

  it("is not another user's", async () => {
    const { id } = await answeredChat(ada);
    const [chat] = await chatsOf(id);
    for (const named of [id, String(chat?.id)]) {
      expect((await resume(eve, named)).status).toBe(204);
      expect((await eve.get(`/ai-sdk/chat/${named}/messages`)).status).toBe(404);
      expect((await eve.post(`/ai-sdk/chat/${named}/stop`)).status).toBe(404);
    }
  });
});

describe("a refusal before the stream", () => {
  const refuse = (body: object, headers = {}) => sendRaw(ada, body, "/ai-sdk/chat", headers);

  it("is a sentence for the person, with its code in a header", async () => {
    const body = { id: clientId(), messages: [userMessage("x")], model: "no such model" };
    const response = await refuse(body);
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("x-problem-code")).toBe("unknown_model");
    expect(await response.text()).toContain("This model is not available.");
  });

  it("is a problem where the client asks for JSON", async () => {
    for (const accept of ["application/json", "text/html, application/problem+json"]) {
      const response = await refuse({ id: clientId(), messages: [] }, { accept });
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({ code: "validation_failed" });
    }
  });

  it("says what is wrong with a conversation", async () => {
    const id = clientId();
    const bad: [object, string][] = [
      [{ id, messages: [answerMessage(clientId(), "Hello")] }, "must end with your message"],
      [{ id, messages: [{ id: "m", role: "user", parts: [] }] }, "needs text"],
      [{ id, messages: [userMessage("  ")] }, "needs text"],
      [{ id, messages: [userMessage("x".repeat(32_001))] }, "at most 32000"],
    ];
    for (const [body, wanted] of bad) {
      const response = await refuse(body);
      expect(response.status).toBe(422);
      expect(await response.text()).toContain(wanted);
    }
    expect(await chatsOf(id)).toEqual([]);
  });

  it("needs a sign-in, and says so as text", async () => {
    const response = await sendRaw(anonymous(), { id: clientId(), messages: [userMessage("x")] });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  it("takes a conversation of several MiB, and refuses a larger one", async () => {
    const old = Array.from({ length: 60 }, () => answerMessage(clientId(), "y".repeat(100_000)));
    const next = userMessage(await answered("Long."));
    const id = clientId();
    expect(textIn(await send(ada, { id, messages: [...old, next] }))).toBe("Long.");
    const response = await refuse({ id, messages: [...old, ...old, next] });
    expect([response.status, response.headers.get("x-problem-code")]).toEqual([
      413,
      "body_too_large",
    ]);
  });
});
