import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delta, DONE, event, finish, say, usage } from "../support/provider-wire.ts";
import { readAnswer } from "../../src/clients/model/stream-reader.ts";
import { readPieces } from "../support/read-pieces.ts";

const read = (...pieces: string[]) => readPieces([pieces.join("")]);
const U = usage();

describe("The end of a stream", () => {
  it.each([
    ["a reason, usage and [DONE]", [say("A"), finish(), U, DONE]],
    ["[DONE] without a reason", [say("A"), DONE]],
    ["a reason and the end of the connection", [say("A"), finish()]],
    ["a reason in the last event, without a blank line", [say("A"), finish().trimEnd()]],
    ["[DONE] without a blank line", [say("A"), DONE.trimEnd()]],
    ["a reason and a broken chunk after it", [say("A"), finish(), "data: {broken\n\n"]],
    ["a reason and an error after it", [say("A"), finish(), event({ error: { message: "no" } })]],
    [
      "a reason in Gemini's spelling",
      [
        event({
          choices: [{ delta: { content: "A" }, finish_reason: null, finishReason: "stop" }],
        }),
      ],
    ],
  ])("is %s", async (_, pieces) => {
    expect(await read(...pieces)).toMatchObject({ text: "A", failure: undefined });
  });

  it.each([
    ["[DONE]", [say("A"), finish(), U, DONE]],
    ["[DONE] without a reason", [say("A"), DONE]],
    ["[DONE] without a blank line", [say("A"), "data: [DO", "NE]\n"]],
    ["[DONE] without a line break", [say("A"), finish(), "data: [DONE]"]],
    ["a reason and usage", [say("A"), finish(), U]],
    [
      "a single JSON answer",
      ['{"choices":[{"message":{"content":"A"},', '"finish_reason":"stop"}]}'],
    ],
  ])("is %s, though the connection stays open", async (_, pieces) => {
    expect(await readPieces(pieces, "open")).toMatchObject({ text: "A", failure: undefined });
  });

  it("is a finish reason, where the connection is reset after it", async () => {
    expect(await readPieces([say("A"), finish()], "reset")).toMatchObject({ text: "A" });
    expect((await readPieces([say("A")], "reset")).failure).toBe("reset");
  });

  it("ignores whatever comes after [DONE]", async () => {
    const after = await read(
      say("A"),
      finish(),
      U,
      DONE,
      say("GHOST"),
      usage({ prompt_tokens: 9 }),
    );
    expect(after).toMatchObject({ text: "A", usage: { promptTokens: 7, completionTokens: 5 } });
  });

  it.each([
    ["two pieces", [say("A"), say("B")], "AB"],
    ["nothing at all", [], ""],
    ["half a chunk", [say("A"), '{"choices":[{"delta":{"conte'], "A"],
    ["a page of HTML", ["<!doctype html><title>Bad gateway</title>\n\n"], ""],
  ])("is missing after %s: the received text is kept", async (_, pieces, text) => {
    expect(await read(...pieces)).toMatchObject({ text, failure: "ai_unavailable" });
  });

  it.each([
    ["a broken chunk", "data: {broken\n\n"],
    ["an error", event({ error: { message: "overloaded", code: 502 } })],
    ["an error as text", event({ error: "overloaded" })],
    ["an error in an array", event([{ error: { code: 500, status: "INTERNAL" } }])],
    ["an error that names the chunk", event({ object: "error", message: "no", code: 400 })],
    ["an error that names the event", "event: error\ndata: overloaded\n\n"],
    [
      "an error beside a reason",
      event({ error: { code: 502 }, choices: [{ finish_reason: "error" }] }),
    ],
  ])("is %s: what came with it in one read is kept, nothing after it counts", async (_, broken) => {
    const all = await read(say("A"), say("B"), broken, say("C"), finish(), DONE);
    expect(all).toMatchObject({ text: "AB", failure: "ai_unavailable" });
  });
});

it.each([
  ["an event", `data: ${"x".repeat(1024 * 1024)}`],
  ["a line of an event", `data: ${"x".repeat(1024 * 1024)}\n`],
  ["a comment", `: ${"x".repeat(1024 * 1024)}`],
  ["a JSON body", `{"x":"${"x".repeat(1024 * 1024)}`],
])("%s without an end is read to the limit and no further", async (_, piece) => {
  const more = Array.from({ length: 9 }, () => piece.slice(8));
  const first = piece.startsWith("{") ? [] : [say("A")];
  const again = piece.endsWith("\n") ? more.map(() => piece) : more;
  const all = await readPieces([...first, piece, ...again], "open");
  expect(all).toMatchObject({ text: first.length > 0 ? "A" : "", failure: "ai_unavailable" });
});

describe("What is no chunk is tolerated:", () => {
  it.each([
    ["empty data", "data:\n\ndata: \n\n"],
    ["null", "data: null\n\n"],
    ["a comment", ": OPENROUTER PROCESSING\n\n"],
    ["a comment in the wrong place", "data: : OPENROUTER PROCESSING\n\n"],
    ["a ping", 'event: ping\ndata: {"type":"ping"}\n\ndata: ping\n\n'],
    ["an unknown object", event({ timings: { prompt_ms: 3 }, choices: "none" })],
    [
      "another choice",
      event({ choices: [{ index: 1, delta: { content: "X" }, finish_reason: "stop" }] }),
    ],
    ["unknown fields", "id: 3\nretry: soon\nfoo: bar\n\n"],
    ["a chunk without choices", event({ choices: [], prompt_filter_results: [{}] })],
    ["no error", event({ error: null, choices: [] })],
    ["a value", "data: 17\n\ndata: [PING]\n\n"],
  ])("%s", async (_, noise) => {
    const all = await read(noise, say("A"), noise, say("B"), finish(), noise, DONE);
    expect(all).toMatchObject({ text: "AB", finish: "stop", failure: undefined });
    expect((await read(say("A"), noise)).failure).toBe("ai_unavailable");
  });

  it("an event of several lines, and several events without a blank line between them", async () => {
    const lines = 'data: {"choices":\ndata: [{"delta":{"content":"A"}}]}\n\n';
    const dense = [say("B"), say("C"), finish(), DONE].map((text) => text.trimEnd()).join("\n");
    expect(await read(lines, dense)).toMatchObject({ text: "ABC", finish: "stop" });
  });
});

describe("An answer is read the same", () => {
  const wire = `\uFEFF: hello\n\n${say("é𝒳 “")}event: x\r\n${say("data: no\n").trimEnd()}\r\n\r\n${say("<b>")}${finish()}${U}${DONE}`;
  const text = "é𝒳 “data: no\n<b>";

  it.each([
    ["LF", wire],
    ["CR", wire.replaceAll(/\r?\n/g, "\r")],
    ["CRLF", wire.replaceAll(/\r?\n/g, "\r\n")],
    ["no space after the colon", wire.replaceAll("data: ", "data:")],
  ])("with %s, wherever the network cuts it, inside a character too", async (_, given) => {
    const bytes = new TextEncoder().encode(given);
    // Without its space the line is a field of its own.
    const expected = given.includes("data: no") ? text : text.replace("data: ", "data:");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.byteLength), { maxLength: 12 }), async (offsets) => {
        const ends = [...offsets, bytes.byteLength].toSorted((a, b) => a - b);
        const pieces = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
        expect(await readPieces(pieces)).toMatchObject({
          text: expected,
          finish: "stop",
          usage: { promptTokens: 7, completionTokens: 5 },
          failure: undefined,
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a string", delta({ content: "Part" })],
    ["an array of parts", delta({ content: [{ type: "text", text: "Pa" }, "rt"] })],
    ["one part", delta({ content: { type: "text", text: "Part" } })],
    [
      "parts that are no text",
      delta({
        content: [
          { type: "reference", reference_ids: [1] },
          { type: "text", text: "Part" },
          { type: "image_url", image_url: "x" },
        ],
      }),
    ],
    ["a message", event({ choices: [{ message: { role: "assistant", content: "Part" } }] })],
    ["the text of an older completion", event({ choices: [{ text: "Part", index: 0 }] })],
    [
      "a single JSON answer",
      JSON.stringify(
        { choices: [{ message: { content: "Part" }, finish_reason: "stop" }] },
        null,
        2,
      ),
    ],
  ])("from %s", async (_, piece) => {
    expect((await read(piece)).text).toBe("Part");
  });
});

it("Chunks that arrive together are handled together", async () => {
  expect((await read(say("A"), say("B"), finish(), DONE)).takes).toBe(1);
  expect((await readPieces([say("A"), say("B"), finish(), DONE])).takes).toBe(3);
});

it("A connection that ends by itself after [DONE] is left to end, so that it can be reused", async () => {
  const ended = Promise.withResolvers<string>();
  const pieces = [say("A"), DONE, "\n"].map((text) => new TextEncoder().encode(text));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = pieces.shift();
      if (next) controller.enqueue(next);
      else controller.close();
      if (!next) ended.resolve("read to its end");
    },
    cancel: () => ended.resolve("canceled"),
  });
  await readAnswer(body, () => undefined);
  expect(await ended.promise).toBe("read to its end");
});

it("A finish reason is stored as text of a bounded length", async () => {
  const { finish: reason } = await read(say("A"), finish(`st\0op\ud800${"p".repeat(1_000)}`));
  expect(reason?.startsWith("st\uFFFDop\uFFFDp")).toBe(true);
  expect(reason).toHaveLength(64);
});
