import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toConversation } from "../../src/features/openai/conversation.ts";
import { CompletionsEncoder } from "../../src/features/turns/wire/completions.ts";
import type { TurnEvent } from "../../src/features/turns/wire/events.ts";
import { markerPositions } from "../../src/features/turns/wire/openai-parts.ts";
import { retryHeaders, toOpenAiError } from "../../src/http/openai-error.ts";
import { catalogue, Problem, type ProblemCode } from "../../src/lib/problem.ts";

const MESSAGE = {
  id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  chat_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c11",
  parent_id: null,
  type: "user" as const,
  role: "user" as const,
  content: "Hello?",
  status: "complete" as const,
  file_name: null,
  file_url: null,
  files: [],
  metadata: {},
  sibling_ids: [],
  sibling_count: 1,
  created_at: "2026-11-23T09:30:00.000Z",
};

const BEGINNING: TurnEvent[] = [
  { type: "user_message", message: MESSAGE },
  { type: "ai_message_start", message_id: "a" },
];
const END: TurnEvent[] = [
  { type: "ai_message_complete", message: { ...MESSAGE, type: "bot", role: "assistant" } },
  { type: "chat_name", name: "A chat" },
  { type: "stream_complete" },
];

const createEncoder = () =>
  new CompletionsEncoder({
    name: "completions",
    model: "m",
    includesUsage: true,
    origin: "https://api.example",
  });

function encodeAll(events: readonly TurnEvent[], encoder = createEncoder()): string[] {
  return events.flatMap((event, index) => encoder.encode({ id: index + 1, event }));
}

const dataOf = (frame: string) => {
  expect(frame).toMatch(/^data: [^\n\r]*\n\n$/);
  return JSON.parse(frame.slice("data: ".length));
};

describe("the chunks of a completion", () => {
  it("carry every text, whatever is in it, and end with a reason and [DONE]", () => {
    const texts = fc.array(fc.string({ unit: "binary", maxLength: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(texts, (pieces) => {
        const deltas = pieces.map((content) => ({ type: "content_delta" as const, content }));
        const frames = encodeAll([...BEGINNING, ...deltas, ...END]);
        expect(frames.pop()).toBe("data: [DONE]\n\n");
        const chunks = frames.map(dataOf);
        expect(chunks.map(({ choices: [{ delta }] }) => delta.content ?? "").join("")).toBe(
          pieces.join(""),
        );
        expect(chunks.map(({ choices: [choice] }) => choice.finish_reason)).toEqual([
          ...Array.from({ length: pieces.length + 1 }, () => null),
          "stop",
        ]);
      }),
    );
  });

  it("never end as if they were whole when the stream is cut, or the turn fails", () => {
    const text: TurnEvent = { type: "content_delta", content: "One" };
    for (let count = 0; count <= BEGINNING.length; count++) {
      const encoder = createEncoder();
      encodeAll([...BEGINNING, text].slice(0, count), encoder);
      const [frame, ...rest] = encoder.cut();
      expect(dataOf(frame ?? "").error).toMatchObject({ code: "room_unavailable" });
      expect(rest).toEqual([]);
    }
    for (const code of Object.keys(catalogue) as ProblemCode[]) {
      const encoder = createEncoder();
      const error: TurnEvent = { type: "error", error: "…", code };
      const frames = encodeAll([...BEGINNING, text, error, ...END], encoder);
      expect(dataOf(frames.at(-1) ?? "").error).toMatchObject({ code });
      expect(frames.join("")).not.toContain('"finish_reason":"');
      expect(encoder.cut()).toEqual([]);
    }
  });

  it("have nothing after the end of the answer", () => {
    const encoder = createEncoder();
    encodeAll([...BEGINNING, ...END], encoder);
    expect(encoder.cut()).toEqual([]);
  });
});

describe("the position of a citation", () => {
  const cite = (index: number) => ({ index, file_id: "f", file_name: "n", page: null });
  const positions = (text: string, ...of: number[]) =>
    markerPositions(text, of.map(cite)).map(({ start, end }) => [start, end]);

  it("is that of its marker in code points; markers of one number are taken in their order", () => {
    expect(positions("😀“a” [1], “b” [2] and “c” [1].", 1, 2, 1)).toEqual([
      [5, 8],
      [14, 17],
      [26, 29],
    ]);
  });

  it("is that of a marker of several numbers", () => {
    expect(positions("“a” and “b” [1, 2].", 1, 2)).toEqual([
      [12, 18],
      [12, 18],
    ]);
  });

  it("is that of the last marker where there are fewer, and the beginning where there is none", () => {
    expect(positions("“a” and “b” [12]", 12, 12, 1)).toEqual([
      [12, 16],
      [12, 16],
      [0, 0],
    ]);
  });
});

describe("the error of a problem", () => {
  it("names the parameter as a path, and says what to do", () => {
    const errors = [{ pointer: "/messages/3/content/a~1b", code: "x", detail: "No." }];
    expect(toOpenAiError(new Problem("validation_failed", { errors }))).toEqual({
      message: "messages[3].content.a/b: No.",
      type: "invalid_request_error",
      param: "messages[3].content.a/b",
      code: "validation_failed",
    });
  });

  it("keeps a client from repeating what cannot succeed, and from nothing else", () => {
    const codes = Object.keys(catalogue) as ProblemCode[];
    const hopeless = codes.filter((code) => retryHeaders(new Problem(code))["x-should-retry"]);
    const conflicts = codes.filter((code) => catalogue[code].status === 409);
    expect(hopeless).toEqual(expect.arrayContaining(conflicts));
    expect(hopeless).toEqual(expect.arrayContaining(["ai_not_configured", "budget_exhausted"]));
    for (const code of ["rate_limited", "server_busy", "ai_overloaded", "room_unavailable"])
      expect(hopeless).not.toContain(code);
  });
});

describe("a conversation", () => {
  const sent = (role: "user" | "assistant" | "system" | "tool", text: string) => ({
    role,
    text,
    fileIds: [],
  });

  it("leaves out blank messages and those of tools, and keeps the order of the others", () => {
    const messages = [
      sent("system", "S"),
      sent("user", "1"),
      sent("assistant", " "),
      sent("tool", "T"),
      sent("assistant", "2"),
      sent("user", "3"),
      sent("system", " "),
    ];
    expect(toConversation(messages, "messages")).toEqual({
      instructions: "S",
      history: [
        { type: "user", content: "1" },
        { type: "bot", content: "2" },
      ],
      content: "3",
      fileIds: [],
      ownFileIds: [],
    });
  });
});
