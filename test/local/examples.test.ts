import { describe, expect, it } from "vitest";
import { askInChat } from "../../examples/read-stream.js";
import { signUp, workerUrl } from "../support/client.ts";
import { startCuttingProxy } from "../support/cutting-proxy.ts";
import { answersContaining, script } from "../support/provider.ts";

const TOKENS = Array.from({ length: 60 }, (_, index) => `Word ${index}, “déposé” 𝒳. `);

type Event = { id: string; event: string; data: Record<string, unknown> };

async function ask(url: string, content: string): Promise<Event[]> {
  const ada = await signUp();
  const { body: chat } = await ada.post("/chats", {});
  return Array.fromAsync(askInChat({ url, token: ada.accessToken }, chat.id, content));
}

function expectWhole(events: Event[]): void {
  const deltas = events.filter(({ event }) => event === "content_delta");
  expect(deltas.map(({ data }) => data.content).join("")).toBe(TOKENS.join(""));
  const ids = events.map(({ id }) => Number(id));
  expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
  expect(events.at(-1)?.event).toBe("stream_complete");
}

describe("the example that reads a stream", () => {
  it("reads an answer to its end", async () => {
    expectWhole(await ask(workerUrl, await script({ kind: "answer", tokens: TOKENS })));
  });

  it("misses and repeats nothing when the connection is cut, before the first event and after", async () => {
    await using proxy = await startCuttingProxy(workerUrl, [0, 700, 1_301, 1, 2_003]);
    const marker = await script({ kind: "answer", tokens: TOKENS });
    expectWhole(await ask(proxy.origin, marker));
    expect(proxy.methods).toEqual(["POST", "POST", "GET", "GET", "GET", "GET"]);
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("throws the problem of a refused question", async () => {
    const events = askInChat({ url: workerUrl, token: "none" }, crypto.randomUUID(), "May he?");
    await expect(Array.fromAsync(events)).rejects.toMatchObject({
      problem: { code: "invalid_token" },
    });
  });
});
