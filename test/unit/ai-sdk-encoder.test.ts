import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AiSdkEncoder } from "../../src/features/turns/wire/ai-sdk.ts";
import type { TurnEvent } from "../../src/features/turns/wire/events.ts";

const ANSWER = {
  id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c11",
  chat_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  parent_id: null,
  type: "bot" as const,
  role: "assistant" as const,
  files: [],
  content: "ab",
  status: "complete" as const,
  file_name: null,
  file_url: null,
  metadata: { model: "m", finish_reason: "stop", citations: [], reasoning: "long" },
  sibling_ids: [],
  sibling_count: 1,
  created_at: "2026-11-23T09:30:00.000Z",
};

const CITATION = {
  index: 1,
  file_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c12",
  file_name: "lease.docx",
  page: null,
  start: 3,
  end: 9,
  quote: "notice",
  status: "verified" as const,
};

const START: TurnEvent[] = [
  { type: "user_message", message: { ...ANSWER, type: "user", id: "u" } },
  { type: "ai_message_start", message_id: ANSWER.id },
];
const COMPLETE: TurnEvent = { type: "ai_message_complete", message: ANSWER };
const END: TurnEvent = { type: "stream_complete" };

/** The fields of each chunk that version 5.0.0 takes; a field that is not here ends its stream. */
const FIELDS: Record<string, readonly string[]> = {
  start: ["messageId", "messageMetadata"],
  "start-step": [],
  "text-start": ["id"],
  "text-delta": ["id", "delta"],
  "text-end": ["id"],
  "reasoning-start": ["id"],
  "reasoning-delta": ["id", "delta"],
  "reasoning-end": ["id"],
  "source-document": ["sourceId", "mediaType", "title", "filename", "providerMetadata"],
  "data-citation": ["id", "data"],
  "data-title": ["data", "transient"],
  "message-metadata": ["messageMetadata"],
  error: ["errorText"],
  "finish-step": [],
  finish: ["messageMetadata"],
};

type Chunk = { type: string } & Record<string, unknown>;

function framesOf(events: readonly TurnEvent[], encoder = new AiSdkEncoder()): string[] {
  return events.flatMap((event, index) => encoder.encode({ id: index + 1, event }));
}

function chunksOf(events: readonly TurnEvent[]): Chunk[] {
  return framesOf(events)
    .filter((frame) => frame !== "data: [DONE]\n\n")
    .map((frame) => JSON.parse(frame.slice("data: ".length)));
}

const delta = (type: "content_delta" | "reasoning_delta", content: string): TurnEvent => ({
  type,
  content,
});

const events = fc
  .array(
    fc.oneof(
      fc.string().map((text) => delta("content_delta", text)),
      fc.string().map((text) => delta("reasoning_delta", text)),
      fc.constant<TurnEvent>({ type: "citations", citations: [CITATION] }),
      fc.constant<TurnEvent>({ type: "error", error: "It failed.", code: "ai_unavailable" }),
      fc.constant(COMPLETE),
      fc.constant<TurnEvent>({ type: "chat_name", name: "Rent" }),
    ),
    { maxLength: 30 },
  )
  .map((middle) => [...START, ...middle, END]);

/** What is wrong with each chunk, given those before it: one part is open at a time, and none twice. */
function faultsOfParts(): (chunk: Chunk) => string[] {
  const seen = new Set<unknown>();
  let open: unknown;
  return ({ type, id }) => {
    if (type === "text-start" || type === "reasoning-start") {
      const isNew = open === undefined && !seen.has(id);
      seen.add(id);
      open = id;
      return isNew ? [] : [type];
    }
    if (type.endsWith("-delta")) return open === id ? [] : [type];
    const isEnd = type === "text-end" || type === "reasoning-end";
    const isWrong = isEnd ? open !== id : type === "finish" && open !== undefined;
    if (isEnd) open = undefined;
    return isWrong ? [type] : [];
  };
}

describe("a turn as a UI message stream", () => {
  it("has only chunks and fields that every version takes, whatever happens in the turn", () => {
    fc.assert(
      fc.property(events, (turn) => {
        for (const { type, ...fields } of chunksOf(turn)) {
          expect(FIELDS[type], type).toBeDefined();
          expect(FIELDS[type]).toEqual(expect.arrayContaining(Object.keys(fields)));
        }
      }),
    );
  });

  it("opens each part before its deltas and closes it, and ends with finish, once", () => {
    fc.assert(
      fc.property(events, (turn) => {
        const chunks = chunksOf(turn);
        expect(chunks.flatMap(faultsOfParts())).toEqual([]);
        expect(chunks.filter(({ type }) => type === "finish")).toHaveLength(1);
        expect(chunks.at(-1)?.type).toBe("finish");
      }),
    );
  });

  it("gives every text and reasoning back, byte for byte", () => {
    fc.assert(
      fc.property(events, (turn) => {
        for (const [event, chunk] of [
          ["content_delta", "text-delta"],
          ["reasoning_delta", "reasoning-delta"],
        ]) {
          const sent = turn.flatMap((one) =>
            one.type === event && "content" in one ? one.content : [],
          );
          const got = chunksOf(turn).flatMap((one) => (one.type === chunk ? one.delta : []));
          expect(got.join("")).toBe(sent.join(""));
        }
      }),
    );
  });

  it("resumed after any number of chunks continues with the next one, and always says that it is over", () => {
    fc.assert(
      fc.property(events, fc.nat(90), (turn, from) => {
        const whole = framesOf(turn);
        const rest = framesOf(turn, new AiSdkEncoder({ from }));
        const ending = framesOf(turn.slice(0, -1)).length;
        expect(rest).toEqual(whole.slice(Math.min(from, ending)));
      }),
    );
  });

  it("has the answer's id first, and its status and usage last, without what is sent as parts", () => {
    const chunks = chunksOf([...START, delta("content_delta", "ab"), COMPLETE, END]);
    expect(chunks[0]).toEqual({
      type: "start",
      messageId: ANSWER.id,
      messageMetadata: { chat_id: ANSWER.chat_id, user_message_id: "u" },
    });
    expect(chunks.at(-1)).toEqual({
      type: "finish",
      messageMetadata: {
        chat_id: ANSWER.chat_id,
        status: "complete",
        model: "m",
        finish_reason: "stop",
      },
    });
  });

  it("has a failure as an error, after the text so far", () => {
    const failed = { ...ANSWER, status: "failed" as const };
    const chunks = chunksOf([
      ...START,
      delta("content_delta", "ab"),
      { type: "error", error: "It failed.", code: "ai_unavailable" },
      { type: "ai_message_complete", message: failed },
      END,
    ]);
    expect(chunks.map(({ type }) => type).slice(-5)).toEqual([
      "text-end",
      "message-metadata",
      "error",
      "finish-step",
      "finish",
    ]);
    expect(chunks.find(({ type }) => type === "error")?.errorText).toBe("It failed.");
  });

  it("never ends cleanly without a result", () => {
    const chunks = chunksOf([...START, delta("content_delta", "ab"), END]);
    expect(chunks.some(({ type }) => type === "error")).toBe(true);
  });

  it("that is cut ends with an error, unless it is over or its client asks for the rest", () => {
    const cut = (turn: TurnEvent[], options = {}) => {
      const encoder = new AiSdkEncoder(options);
      framesOf(turn, encoder);
      return encoder.cut();
    };
    expect(cut(START)).toHaveLength(1);
    expect(JSON.parse(cut(START)[0]?.slice("data: ".length) ?? "").type).toBe("error");
    expect(cut(START, { asksForRest: true })).toEqual([]);
    expect(cut([...START, COMPLETE, END])).toEqual([]);
  });

  it("keeps line breaks and quotes of a model inside their chunk", () => {
    const text = 'a\n\ndata: {"type":"finish"}\n\n\r\n"\u2028';
    const frames = framesOf([...START, delta("content_delta", text)]);
    expect(frames.every((frame) => frame.indexOf("\n") === frame.length - 2)).toBe(true);
  });
});
