/** Reads a stream as far as it goes, and keeps its whole events. */
import type { Json, SeenEvent } from "./history.ts";

export type Read = { events: SeenEvent[]; end: "closed" | "broken" | "left" };

/** Reads to the end, or disconnects after this many bytes. An event cut in the middle is dropped. */
export async function readStream(response: Response, leavesAfter?: number): Promise<Read> {
  const pieces: Uint8Array[] = [];
  const end = await readBytes(response, leavesAfter ?? Number.POSITIVE_INFINITY, pieces);
  return { events: parseEvents(Buffer.concat(pieces)), end };
}

/** The bytes as they arrive, also where the connection breaks. */
export async function readBytes(
  response: Response,
  most: number,
  pieces: Uint8Array[],
): Promise<Read["end"]> {
  const reader = response.body?.getReader();
  if (!reader) return "closed";
  let left = most;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) return "closed";
      pieces.push(value.subarray(0, left));
      left -= value.length;
    }
  } catch {
    return "broken";
  }
  await reader.cancel();
  return "left";
}

/** The events in the bytes so far: the last may be cut, inside a character too. */
export function parseEvents(bytes: Uint8Array): SeenEvent[] {
  const blocks = new TextDecoder().decode(bytes).split("\n\n").slice(0, -1);
  return blocks.filter((block) => !block.startsWith(":")).map(toEvent);
}

function toEvent(block: string): SeenEvent {
  // Not by a pattern, to which a U+2028 in a text is the end of a line.
  const lines = block.split("\n");
  const field = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data: Json = JSON.parse(field("data") ?? "null");
  return { id: Number(field("id") ?? Number.NaN), name: field("event") ?? "", data };
}
