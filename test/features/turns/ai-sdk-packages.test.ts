import { WorkflowChatTransport } from "@ai-sdk/workflow/client";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Chunk, clientId, held, textIn, userMessage } from "../../support/ai-sdk.ts";
import { loadAi } from "../../support/ai-sdk-package.ts";
import { type SignedIn, signUp, workerUrl } from "../../support/client.ts";
import {
  type ChunkCuttingProxy,
  startChunkCuttingProxy,
} from "../../support/chunk-cutting-proxy.ts";
import { script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const WORDS = Array.from({ length: 40 }, (_, index) => `w${index} `);
const WHOLE = WORDS.join("");

async function startProxy(): Promise<ChunkCuttingProxy> {
  const proxy = await startChunkCuttingProxy(workerUrl);
  onTestFinished(proxy.close);
  return proxy;
}

async function read(stream: ReadableStream<unknown> | null): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Chunk);
  return chunks;
}

const submit = (chatId: string, text: string) =>
  ({
    chatId,
    trigger: "submit-message",
    messageId: undefined,
    messages: [userMessage(text)],
    abortSignal: undefined,
  }) as never;

describe("WorkflowChatTransport of @ai-sdk/workflow", () => {
  const transportTo = (url: string) =>
    new WorkflowChatTransport({
      api: `${url}/ai-sdk/workflow`,
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { authorization: `Bearer ${ada.accessToken}` } }),
      prepareSendMessagesRequest: ({ id, messages, trigger }) => ({
        body: { id, messages, trigger },
      }),
    });

  it.each([1, 10, 20, 30, 40])(
    "has each chunk once after a cut behind chunk %i",
    async (chunks) => {
      const onError = vi.spyOn(console, "error").mockImplementation(() => {});
      onTestFinished(() => onError.mockRestore());
      const proxy = await startProxy();
      const transport = transportTo(proxy.url);
      const marker = await script({ kind: "answer", times: 1, tokens: WORDS });
      proxy.cutNext(chunks);
      const received = await read(await transport.sendMessages(submit(clientId(), marker)));
      expect(textIn(received)).toBe(WHOLE);
      expect(received.filter(({ type }) => type === "start")).toHaveLength(1);
      expect(received.at(-1)?.type).toBe("finish");
      expect(onError).toHaveBeenCalledTimes(1);
    },
  );

  it("resumes the last answer of a chat, and nothing in a new one", async () => {
    const transport = transportTo(workerUrl);
    const id = clientId();
    const marker = await script({ kind: "answer", times: 1, tokens: WORDS });
    await read(await transport.sendMessages(submit(id, marker)));
    const again = await read(await transport.reconnectToStream({ chatId: id }));
    expect(textIn(again)).toBe(WHOLE);
    const nothing = await read(await transport.reconnectToStream({ chatId: clientId() }));
    expect(nothing).toEqual([{ type: "finish" }]);
  });
});

describe("WebSocketChatTransport of the AI SDK 7", () => {
  it("sends and resumes many chats over one socket", async () => {
    const { WebSocketChatTransport } = await loadAi(7);
    const transport = new WebSocketChatTransport({
      url: `${workerUrl.replace("http", "ws")}/ai-sdk/ws`,
      protocols: ["ai-sdk", `bearer.${ada.accessToken}`],
    });
    onTestFinished(() => transport.close());
    const ids = [clientId(), clientId(), clientId()];
    const turns = await Promise.all(ids.map((id) => held(`${id} `, "done.")));
    const streams = await Promise.all(
      ids.map((id, index) => transport.sendMessages(submit(id, turns[index]?.marker ?? ""))),
    );
    const [first = ""] = ids;
    // A stream is there as soon as its message is sent, not only once the answer has begun.
    await until(async () => (await ada.get(`/ai-sdk/chat/${first}/messages`)).status === 200);
    const resumed = await transport.reconnectToStream({ chatId: first });
    for (const turn of turns) await turn.finish();
    const texts = await Promise.all(streams.map(async (stream) => textIn(await read(stream))));
    expect(texts).toEqual(ids.map((id) => `${id} done.`));
    expect(textIn(await read(resumed))).toBe(`${first} done.`);
    expect(await transport.reconnectToStream({ chatId: clientId() })).toBeNull();
  });

  it("connects with a new ticket each time", async () => {
    const { WebSocketChatTransport } = await loadAi(7);
    const transport = new WebSocketChatTransport({
      url: `${workerUrl.replace("http", "ws")}/ai-sdk/ws`,
      params: async () => ({ ticket: (await ada.post("/ws/tickets", {})).body.ticket }),
    });
    for (const text of ["One.", "Two."]) {
      const marker = await script({ kind: "answer", times: 1, tokens: [text] });
      const stream = await transport.sendMessages(submit(clientId(), marker));
      expect(textIn(await read(stream))).toBe(text);
      transport.close();
    }
  });

  it("shows why a message is refused", async () => {
    const { WebSocketChatTransport } = await loadAi(7);
    const transport = new WebSocketChatTransport({
      url: `${workerUrl.replace("http", "ws")}/ai-sdk/ws`,
      protocols: ["ai-sdk", `bearer.${ada.accessToken}`],
      body: { model: "no such model" },
    });
    onTestFinished(() => transport.close());
    const stream = await transport.sendMessages(submit(clientId(), "x"));
    await expect(read(stream)).rejects.toThrow("This model is not available.");
  });
});

describe("a stream of this API", () => {
  it.each([5, 6, 7] as const)("passes the schema of the AI SDK %i", async (version) => {
    const { parseJsonEventStream, uiMessageChunkSchema } = await loadAi(version);
    const marker = await script({ kind: "answer", times: 1, tokens: ["“No” [1]", " \n\n"] });
    const response = await ada.fetch("/ai-sdk/chat", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: clientId(), messages: [userMessage(marker)] }),
    });
    const parsed = parseJsonEventStream({ stream: response.body, schema: uiMessageChunkSchema });
    const results: { success: boolean }[] = [];
    for await (const result of parsed) results.push(result);
    expect(results.length).toBeGreaterThan(5);
    expect(results.filter(({ success }) => !success)).toEqual([]);
  });
});
