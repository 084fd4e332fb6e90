import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TurnEvent } from "../../src/features/turns/wire/events.ts";
import { ResponsesEncoder } from "../../src/features/turns/wire/responses.ts";
import { createPageEncoder, withoutLog } from "../../src/features/turns/wire/wires.ts";
import { catalogue, type ProblemCode } from "../../src/lib/problem.ts";

type Body = ReturnType<typeof JSON.parse>;

const ANSWER_ID = "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c12";

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

const WIRE = { name: "responses", model: "m", background: false, store: true } as const;

const BEGINNING: TurnEvent[] = [
  { type: "user_message", message: MESSAGE },
  { type: "ai_message_start", message_id: ANSWER_ID },
];

const delta = (content: string): TurnEvent => ({ type: "content_delta", content });

type Answer = Partial<Extract<TurnEvent, { type: "ai_message_complete" }>["message"]>;

/** How a turn ends: without the content, where it does not fit the event. */
function endOf(answer: Answer = {}): TurnEvent[] {
  const message = { ...MESSAGE, id: ANSWER_ID, type: "bot", role: "assistant", content: null };
  return [
    { type: "ai_message_complete", message: { ...message, ...answer } as typeof MESSAGE },
    { type: "chat_name", name: "A chat" },
    { type: "stream_complete" },
  ];
}

const errorOf = (code: ProblemCode): TurnEvent => ({ type: "error", error: "…", code });

function encodeAll(events: readonly TurnEvent[], encoder = new ResponsesEncoder(WIRE)): string[] {
  return events.flatMap((event, index) => encoder.encode({ id: index + 1, event }));
}

function dataOf(frame: string): Body {
  const [, name, json = ""] = /^event: ([a-z_.]+)\ndata: ([^\n\r]*)\n\n$/.exec(frame) ?? [];
  const data = JSON.parse(json);
  expect(data.type).toBe(name);
  return data;
}

/** The events of a turn that has ended, and that count from 0. */
function eventsOf(events: readonly TurnEvent[]): Body[] {
  const frames = encodeAll(events);
  expect(frames.pop()).toBe("data: [DONE]\n\n");
  const data = frames.map(dataOf);
  expect(data.map(({ sequence_number: number }) => number)).toEqual(data.map((_, index) => index));
  return data;
}

const deltasOf = (events: Body[]) =>
  events
    .filter(({ type }) => type === "response.output_text.delta")
    .map((event) => event.delta)
    .join("");

const pieces = fc.array(fc.string({ unit: "binary", maxLength: 50 }), { maxLength: 20 });

/** Some of them cite a file. */
const cited = fc.array(fc.constantFrom("One ", "😀", "“a” [1] ", "“b” [2] ", "\n"), {
  maxLength: 20,
});

const citation = (number: number) => ({
  index: number,
  file_id: ANSWER_ID,
  file_name: "lease.pdf",
  page: 1,
  start: 0,
  end: 1,
  quote: "a",
});

describe("the events of a response", () => {
  it("carry every text, whatever is in it, and end with the whole response", () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), (texts, isFitting) => {
        const text = texts.join("");
        const end = endOf(isFitting ? { content: text } : {});
        const events = eventsOf([...BEGINNING, ...texts.map(delta), ...end]);
        expect(deltasOf(events)).toBe(text);
        const [done, part, item, completed] = events.slice(-4);
        expect(done).toMatchObject({ type: "response.output_text.done", text });
        expect(part).toMatchObject({ type: "response.content_part.done", part: { text } });
        expect(item).toMatchObject({ item: { status: "completed", content: [{ text }] } });
        expect(completed).toMatchObject({
          type: "response.completed",
          response: { status: "completed", error: null, incomplete_details: null },
        });
        expect(completed.response.output).toEqual([item.item]);
      }),
    );
  });

  it("cite a file where the text has the marker, in code points", () => {
    fc.assert(
      fc.property(cited, (texts) => {
        const citations = texts.flatMap((text) => {
          const number = Number(/\[(\d)\]/.exec(text)?.[1] ?? 0);
          return number > 0 ? [citation(number)] : [];
        });
        const cites = { type: "citations", citations } as unknown as TurnEvent;
        const events = eventsOf([...BEGINNING, ...texts.map(delta), cites, ...endOf()]);
        const added = events.filter(({ type }) => type.endsWith("annotation.added"));
        expect(added.map((event) => event.annotation_index)).toEqual(added.map((_, at) => at));
        const points = Array.from(texts.join(""));
        const shown = added.map(({ annotation: { index } }) => points.slice(index, index + 3));
        expect(shown.map((marker) => marker.join(""))).toEqual(
          citations.map(({ index }) => `[${index}]`),
        );
        const { response } = events.at(-1);
        const { annotations } = response.output[0].content[0];
        expect(annotations).toEqual(added.map(({ annotation }) => annotation));
      }),
    );
  });

  it.each([
    ["stopped", { status: "stopped" }, { status: "cancelled", incomplete_details: null }],
    [
      "cut by its length",
      { metadata: { finish_reason: "length" } },
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    ],
    [
      "filtered by the provider",
      { metadata: { finish_reason: "content_filter" } },
      { status: "incomplete", incomplete_details: { reason: "content_filter" } },
    ],
  ] as [string, Answer, object][])(
    "end as incomplete where the answer is %s",
    (_, answer, shown) => {
      const events = eventsOf([...BEGINNING, delta("One"), ...endOf(answer)]);
      expect(events.at(-1)).toMatchObject({
        type: "response.incomplete",
        response: { ...shown, output: [{ status: "incomplete", content: [{ text: "One" }] }] },
      });
    },
  );

  it("end as failed, and with nothing more, where the turn fails or is interrupted", () => {
    for (const code of Object.keys(catalogue) as ProblemCode[]) {
      const end = endOf({ status: code === "turn_interrupted" ? "interrupted" : "failed" });
      const events = eventsOf([...BEGINNING, delta("One"), errorOf(code), ...end]);
      expect(events.at(-1)).toMatchObject({
        type: "response.failed",
        response: { status: "failed", error: { code, message: expect.any(String) }, output: [] },
      });
      expect(events.filter(({ type }) => /done|completed$/.test(type))).toEqual([]);
    }
  });

  it("never end as if they were whole where the stream is cut, which is no event to resume after", () => {
    const begun = [...BEGINNING, delta("One"), delta("Two")];
    for (let count = 0; count <= begun.length; count++) {
      const encoder = new ResponsesEncoder(WIRE);
      const before = encodeAll(begun.slice(0, count), encoder);
      const [frame = "", ...rest] = encoder.cut();
      const error = { type: "error", code: "room_unavailable", sequence_number: before.length };
      expect(dataOf(frame)).toMatchObject(error);
      expect(rest).toEqual([]);
    }
    for (const end of [endOf(), [errorOf("ai_unavailable"), ...endOf()]]) {
      const encoder = new ResponsesEncoder(WIRE);
      encodeAll([...begun, ...end], encoder);
      expect(encoder.cut()).toEqual([]);
    }
  });
});

const decoder = new TextDecoder();

/** The frames of a subscriber that has received some before. */
function framesAfter(received: number, events: readonly TurnEvent[], hasLog: boolean): string {
  const wire = { ...WIRE, from: received };
  const encoder = createPageEncoder(hasLog ? wire : withoutLog(wire));
  const pages = events.map((event, index) => encoder.encodePage([{ id: index + 1, event }]));
  return pages.map((page) => decoder.decode(page?.bytes)).join("");
}

describe("a response that is resumed", () => {
  it("is the same frames, after any of them", () => {
    const turn = [...BEGINNING, delta("One "), delta("two."), ...endOf()];
    const frames = encodeAll(turn);
    const events = frames.length - 1;
    for (let received = 0; received < events; received++) {
      expect(framesAfter(received, turn, true)).toBe(frames.slice(received).join(""));
    }
  });

  it("always has its end, also where a crash took events that the client has", () => {
    for (const end of [endOf(), [errorOf("turn_interrupted"), ...endOf()]]) {
      const turn = [...BEGINNING, delta("One "), ...end];
      const [last = "", done] = encodeAll(turn).slice(-2);
      for (const received of [dataOf(last).sequence_number + 1, 40, 1_000]) {
        const [event = "", ...rest] = framesAfter(received, turn, true).split(/(?<=\n\n)/);
        expect(dataOf(event)).toEqual({ ...dataOf(last), sequence_number: received });
        expect(rest).toEqual([done]);
      }
    }
  });

  it("is its end alone where the log is gone, counted on", () => {
    for (const end of [endOf({ content: "One two." }), [errorOf("ai_unavailable"), ...endOf()]]) {
      const turn = [...BEGINNING, delta("One two."), ...end];
      const [last = "", done] = encodeAll(turn).slice(-2);
      for (const received of [1, 7, 1_000]) {
        const [event = "", ...rest] = framesAfter(received, turn, false).split(/(?<=\n\n)/);
        expect(dataOf(event)).toEqual({ ...dataOf(last), sequence_number: received });
        expect(rest).toEqual([done]);
      }
    }
  });
});
