/** Reads server-sent events as they arrive. Every event is checked against the OpenAPI document. */
import type { Body } from "./client.ts";
import { checkAgainstComponent } from "./openapi.ts";

/** An event, and its size on the wire. */
export type StreamEvent = { id: number; name: string; data: Body; bytes: number };

/** The events of a response, one by one; comments are passed to `onComment`. */
export async function* readEvents(
  response: Response,
  onComment: (comment: string) => void = () => {},
): AsyncGenerator<StreamEvent> {
  for await (const block of readBlocks(response)) {
    if (block.startsWith(":")) onComment(block);
    else yield await checked(toEvent(block));
  }
}

async function checked(event: StreamEvent): Promise<StreamEvent> {
  const isOfAnalysis = event.name.startsWith("analysis_");
  await checkAgainstComponent(isOfAnalysis ? "AnalysisEvent" : "TurnEvent", event.data);
  return event;
}

/** All events of a response. */
export async function allEvents(response: Response): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

/** The joined text of the deltas of a stream. */
export function textOf(events: StreamEvent[]): string {
  return events
    .filter((event) => event.name === "content_delta")
    .map((event) => event.data.content)
    .join("");
}

async function* readBlocks(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    yield* blocks;
  }
  if (rest !== "") throw new Error("the stream ended inside an event");
}

function toEvent(block: string): StreamEvent {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return {
    id: Number(fields.get("id")),
    name: fields.get("event") ?? "",
    data: JSON.parse(fields.get("data") ?? "null"),
    bytes: new TextEncoder().encode(`${block}\n\n`).byteLength,
  };
}
