/** What the formats of OpenAI have in common: why an answer ended, what it used, and where its citations are. Pure. */
import { finishKind } from "../../../clients/model/finish.ts";
import { codePointLength } from "../../../lib/code-points.ts";
import type { Citation } from "../../citations/citation.ts";
import { findMarkers, type Marker } from "../../citations/markers.ts";
import { Usage } from "../../usage/schemas.ts";

export type FinishReason = "stop" | "length" | "content_filter";

/** Why an answer ended that did not fail, from its metadata; "stop" also where it was stopped. */
export function toOpenAiReason({ finish_reason: reason }: Record<string, unknown>): FinishReason {
  const kind = finishKind(typeof reason === "string" ? reason : null);
  if (kind === "length") return "length";
  return kind === "filtered" ? "content_filter" : "stop";
}

/** The token counts in the metadata of an answer; undefined where it has none. */
export function readUsage({ usage }: Record<string, unknown>): Usage | undefined {
  return Usage().safeParse(usage).data;
}

type Cited = Pick<Citation, "index" | "file_id" | "file_name" | "page">;

/** Where an answer cites a file; offsets are code points of the answer. */
type CitedPosition<C> = { citation: C; start: number; end: number };

/**
 * The positions of the citations' markers, such as `[3]`: those of one number are cited in their order. Both offsets are
 * 0 where the answer has no such marker.
 */
export function markerPositions<C extends Cited>(
  text: string,
  citations: readonly C[],
): CitedPosition<C>[] {
  const markers = findMarkers(text);
  const seen = new Map<number, Marker>();
  return citations.map((citation) => {
    const { index: number } = citation;
    const last = seen.get(number);
    const after = last?.end ?? 0;
    const marker =
      markers.find(({ start, points }) => start >= after && points.includes(number)) ?? last;
    if (!marker) return { citation, start: 0, end: 0 };
    seen.set(number, marker);
    const start = codePointLength(text, 0, marker.start);
    return { citation, start, end: start + codePointLength(text, marker.start, marker.end) };
  });
}

/** The address of a cited file, at the page of the citation, where a signed-in person can open it. */
export function citedUrl(origin: string, { file_id: id, page }: Cited): string {
  return `${origin}/files/${id}/content${page === null ? "" : `#page=${page}`}`;
}
