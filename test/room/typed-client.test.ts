import { describe, expect, it } from "vitest";
import { ApiError, ChatClient, textAfter, type TurnEvent } from "../../clients/ts/src/index.ts";

const CHAT = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10";

const delta = (id: number) =>
  `id: ${id}\nevent: content_delta\ndata: ${JSON.stringify({ type: "content_delta", content: `${id} ` })}\n\n`;
const LAST = 'id: 6\nevent: stream_complete\ndata: {"type":"stream_complete"}\n\n';

function stream(text: string, isCut: boolean): Response {
  const pieces = [new TextEncoder().encode(text)];
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (out) => {
        const piece = pieces.shift();
        if (piece) out.enqueue(piece);
        else if (isCut) out.error(new TypeError("connection cut"));
        else out.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

describe("the typed client in a Worker", () => {
  it("reads a turn over a lost connection", async () => {
    const asked: (string | null)[] = [];
    const client = new ChatClient({
      baseUrl: "https://api.example",
      apiKey: "ifk_example",
      fetch: async (...given) => {
        const request = new Request(...given);
        expect(request.headers.get("authorization")).toBe("Bearer ifk_example");
        asked.push(request.headers.get("last-event-id"));
        const isFirst = asked.length === 1;
        return isFirst ? stream(delta(3) + delta(4), true) : stream(delta(5) + LAST, false);
      },
    });
    const events: TurnEvent[] = [];
    for await (const event of client.follow(CHAT, { after: 2, delayMs: 1 })) events.push(event);
    expect(asked).toEqual(["2", "4"]);
    expect(events.reduce(textAfter, "")).toBe("3 4 5 ");
  });

  it("rejects with the problem of a response", async () => {
    const problem = { status: 404, code: "not_found", title: "Not found", detail: "Nothing here." };
    const client = new ChatClient({
      baseUrl: "https://api.example",
      fetch: async () => Response.json(problem, { status: 404 }),
    });
    const error = await client
      .get("/chats/{id}", { path: { id: CHAT } })
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "not_found", message: "Nothing here." });
  });
});
