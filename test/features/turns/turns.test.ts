import { beforeAll, describe, expect, it } from "vitest";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const SSE = { accept: "text/event-stream" };

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return ada.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function newChat(): Promise<string> {
  return (await ada.post("/chats", {})).body.id;
}

describe("a streamed answer", () => {
  it("follows the order of the contract, with contiguous ids and small events", async () => {
    const marker = await script({ tokens: ["One ", "two ", "three."] });
    const response = await post("/chat", { content: `Count, ${marker}`, stream: true });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const events = await allEvents(response);
    const names = events.map((event) => event.name).filter((name) => name !== "content_delta");
    expect(names).toEqual([
      "user_message",
      "ai_message_start",
      "ai_message_complete",
      "chat_name",
      "stream_complete",
    ]);
    const first = events[0]?.id ?? Number.NaN;
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => first + index));
    for (const event of events) {
      expect(event.data.type).toBe(event.name);
      expect(event.bytes).toBeLessThanOrEqual(4_096);
    }
  });

  it("equals the stored message, byte for byte", async () => {
    const tokens = [
      "Line\n\ndata: {}\n",
      "nul \0 ",
      "sep \u2028",
      "𝒳 and \ud835",
      "\udcb3 é",
      "id: 9\n",
    ];
    const marker = await script({ tokens });
    const events = await allEvents(await post("/chat", { content: marker }, SSE));
    const complete = events.find((event) => event.name === "ai_message_complete")?.data.message;
    const stored = await ada.get(`/chats/${complete.chat_id}/messages`);
    const answer = stored.body.at(-1);
    expect(textOf(events)).toBe(answer.content);
    expect(complete).toEqual(answer);
    expect(answer.content).toBe(tokens.join("").replace("\0", "\uFFFD"));
    expect(events.filter((event) => event.name === "stream_complete")).toHaveLength(1);
  });

  it("arrives piece by piece, while the provider is still sending", async () => {
    const marker = await script({ tokens: ["Early ", "late."], holdAfter: 1 });
    const events = readEvents(await post("/chat", { content: marker, stream: true }));
    const seen: string[] = [];
    for await (const { name, data } of events) {
      seen.push(name === "content_delta" ? data.content : name);
      if (data.content === "Early ") await release(marker);
    }
    expect(seen.slice(0, 4)).toEqual(["user_message", "ai_message_start", "Early ", "late."]);
  });

  it("splits a long piece into events that fit, and omits the content from the last message", async () => {
    const marker = await script({ tokens: ["§".repeat(9_000)] });
    const events = await allEvents(await post("/chat", { content: marker, stream: true }));
    for (const event of events) expect(event.bytes).toBeLessThanOrEqual(4_096);
    expect(textOf(events)).toBe("§".repeat(9_000));
    const complete = events.find((event) => event.name === "ai_message_complete");
    expect(complete?.data.message).toMatchObject({ content: null, content_length: 9_000 });
  });

  it("joins pieces that arrive together into one event", async () => {
    const tokens = Array.from({ length: 200 }, (_, index) => `${index} `);
    const marker = await script({ tokens, together: true });
    const events = await allEvents(await post("/chat", { content: marker, stream: true }));
    expect(textOf(events)).toBe(tokens.join(""));
    expect(events.length).toBeLessThan(100);
  });

  it("continues to its end when the client disconnects, and is stored", async () => {
    const chatId = await newChat();
    const marker = await script({ tokens: ["Still ", "here."], holdAfter: 1 });
    const leaving = new AbortController();
    const response = await ada.fetch(`/chats/${chatId}/messages/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: marker }),
      signal: leaving.signal,
    });
    for await (const event of readEvents(response)) {
      if (event.name === "content_delta") break;
    }
    leaving.abort();
    await release(marker);
    const answer = await until(async () => {
      const { body } = await ada.get(`/chats/${chatId}/messages`);
      return body.at(-1).status === "complete" && body.at(-1);
    });
    expect(answer.content).toBe("Still here.");
  });
});

describe("an answer as JSON", () => {
  it("has both messages, the chat's name, the duration and the cost", async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 180 };
    const marker = await script({ kind: "answer", tokens: ["Yes."], usage });
    const { status, body } = await ada.post("/chat", { content: `Deposit law? ${marker}` });
    expect(status).toBe(200);
    expect(body.ai_response).toMatchObject({ type: "bot", content: "Yes.", status: "complete" });
    expect(body.ai_response.parent_id).toBe(body.user_message.id);
    expect(body.user_message.content).toContain("Deposit law?");
    expect(body.usage).toEqual({
      ...usage,
      total_tokens: 280,
      cost: "0.000123",
      currency: "USD",
      estimated: false,
    });
    expect(body.ai_response.metadata.usage).toEqual(body.usage);
    expect(body.processing_time).toBeGreaterThan(0);
    expect((await ada.get(`/chats/${body.chat_id}`)).body.title).toBe(body.chat_name);
  });

  it("is what a client gets that accepts JSON, or anything, or names both", async () => {
    for (const accept of ["application/json", "*/*", "text/event-stream, application/json"]) {
      const { headers } = await ada.post("/chat", { content: "Hello?" }, { accept });
      expect(headers.get("content-type")).toContain("application/json");
    }
  });

  it("is refused as a stream where the body says no, whatever Accept says", async () => {
    const response = await post("/chat", { content: "Hello?", stream: false }, SSE);
    expect(response.headers.get("content-type")).toContain("application/json");
    await response.body?.cancel();
  });

  it("is never what the streaming route returns", async () => {
    const path = `/chats/${await newChat()}/messages/stream`;
    const response = await post(
      path,
      { content: "Hello?", stream: false },
      { accept: "application/json" },
    );
    expect((await allEvents(response)).at(-1)?.name).toBe("stream_complete");
  });
});

describe("the conversation", () => {
  it("is sent to the model with the system prompt first and the user message last", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    const first = await ada.post("/chat", { content: `First ${marker}` });
    await ada.post(`/chats/${first.body.chat_id}/messages`, { content: `Second ${marker}` });
    const requests = await requestsContaining(`Second ${marker}`);
    const { messages, model, stream } = requests[0]?.body ?? {};
    expect({ model, stream }).toEqual({ model: "gpt-4o-mini", stream: true });
    expect(messages?.map((message) => message.role)).toEqual([
      "system",
      "user",
      "assistant",
      "user",
    ]);
    expect(messages?.[0]?.content).toContain("legal assistant");
    expect(messages?.[2]?.content).toBe(first.body.ai_response.content);
  });

  it("uses the model that the client names, and none that is not offered", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    const { body } = await ada.post("/chat", { content: marker, model: "gpt-4.1" });
    expect(body.ai_response.metadata.model).toBe("gpt-4.1");
    expect((await requestsContaining(marker)).map((seen) => seen.body.model)).toContain("gpt-4.1");
    expectProblem(await ada.post("/chat", { content: "?", model: "gpt-0" }), 422, "unknown_model");
  });

  it("keeps the client's metadata of its message", async () => {
    const chatId = await newChat();
    const said = {
      file_name: "lease.pdf",
      file_url: "https://example.com/lease.pdf",
      metadata: { a: [1] },
    };
    const { body } = await ada.post(`/chats/${chatId}/messages`, { content: "See this", ...said });
    expect(body.user_message).toMatchObject(said);
  });
});

describe("the title of a chat", () => {
  it("is requested from the first message, once, and emitted after the answer", async () => {
    const marker = await script({
      kind: "title",
      tokens: ['{"suggested_name":"\\"Keeping the deposit.\\"","reasoning":"-"}'],
    });
    const events = await allEvents(await post("/chat", { content: marker, stream: true }));
    const chatId = events[0]?.data.message.chat_id;
    expect(events.at(-2)).toMatchObject({
      name: "chat_name",
      data: { name: "Keeping the deposit" },
    });
    const again = await allEvents(
      await post(`/chats/${chatId}/messages/stream`, { content: marker }),
    );
    expect(again.map((event) => event.name)).not.toContain("chat_name");
    expect((await ada.get(`/chats/${chatId}`)).body.title).toBe("Keeping the deposit");
  });

  it("is left alone where the chat says so", async () => {
    const { body: chat } = await ada.post("/chats", { title: "Mine", auto_title: false });
    const { body } = await ada.post(`/chats/${chat.id}/messages`, { content: "Hello?" });
    expect(body.chat_name).toBe("Mine");
  });

  it("does not replace a title that the user set meanwhile", async () => {
    const chatId = await newChat();
    const marker = await script({ kind: "title", holdAfter: 0 });
    const turn = post(`/chats/${chatId}/messages/stream`, { content: marker });
    await until(async () => (await requestsContaining(marker)).length === 2);
    await ada.put(`/chats/${chatId}`, { title: "My own" });
    await release(marker);
    const events = await allEvents(await turn);
    expect(events.map((event) => event.name)).not.toContain("chat_name");
    expect((await ada.get(`/chats/${chatId}`)).body.title).toBe("My own");
  });

  it("is stored when it comes too late to be emitted", async () => {
    const chatId = await newChat();
    const marker = await script({ kind: "title", holdAfter: 0 });
    const events = await allEvents(
      await post(`/chats/${chatId}/messages/stream`, { content: marker }),
    );
    expect(events.map((event) => event.name)).not.toContain("chat_name");
    await release(marker);
    await until(async () => (await ada.get(`/chats/${chatId}`)).body.title !== "New Chat");
  });

  it("never makes the answer fail", async () => {
    const marker = await script({ kind: "title", errorStatus: 500 });
    const { status, body } = await ada.post("/chat", { content: marker });
    expect(status).toBe(200);
    expect(body.chat_name).toBe(marker);
  });
});

describe("the cost of an answer", () => {
  it("is one row per attempt at a provider, exact to the last digit", async () => {
    const usage = { prompt_tokens: 1_000, completion_tokens: 1 };
    const marker = await script({ kind: "answer", tokens: ["Yes."], usage });
    const { body } = await ada.post("/chat", { content: marker });
    const rows = await query(
      "SELECT service_type, attempt, model_name, total_tokens, cost_estimate, estimated, message_id FROM ai_usage WHERE chat_id = $1 ORDER BY service_type",
      [body.chat_id],
    );
    expect(rows.map((row) => row.service_type)).toEqual(["answer", "title"]);
    expect(rows[0]).toEqual({
      service_type: "answer",
      attempt: "1",
      model_name: "gpt-4o-mini",
      total_tokens: "1001",
      cost_estimate: "0.000150600000",
      estimated: "f",
      message_id: body.ai_response.id,
    });
  });

  it("is estimated, and marked so, where the provider reports no usage", async () => {
    const marker = await script({ kind: "answer", tokens: ["Yes, ", "you may."], omitUsage: true });
    const { body } = await ada.post("/chat", { content: marker });
    expect(body.usage).toMatchObject({ estimated: true, completion_tokens: 4 });
    expect(body.usage.prompt_tokens).toBeGreaterThan(100);
  });

  it.each([
    { prompt_tokens: -1, completion_tokens: 3 },
    { prompt_tokens: 12, completion_tokens: 0.5 },
  ])("is estimated where the provider's usage is invalid: %o", async (usage) => {
    const marker = await script({ kind: "answer", tokens: ["Yes, ", "you may."], usage });
    const { status, body } = await ada.post("/chat", { content: marker });
    expect(status).toBe(200);
    expect(body.ai_response).toMatchObject({ status: "complete", content: "Yes, you may." });
    expect(body.usage).toMatchObject({ estimated: true, completion_tokens: 4 });
  });
});
