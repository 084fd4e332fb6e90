/** What the formats of OpenAI have in common: why an answer ended, what it used, and where its citations are. Pure. */
import { finishKind } from "../../../clients/model/finish.ts";
import { codePointLength } from "../../../lib/code-points.ts";
import type { Citation } from "../../citations/citation.ts";
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
  return Usage.safeParse(usage).data;
}

type Cited = Pick<Citation, "index" | "file_id" | "file_name" | "page">;

/** Where an answer cites a file; offsets are code points of the answer. */
type CitedPosition<C> = { citation: C; start: number; end: number };

/**
 * The positions of the citations' markers, as in `[3]`: those of one number are cited in their order. Both offsets are 0
 * where the answer has no such marker.
 */
export function markerPositions<C extends Cited>(
  text: string,
  citations: readonly C[],
): CitedPosition<C>[] {
  const seen = new Map<string, number>();
  return citations.map((citation) => {
    const marker = `[${citation.index}]`;
    const last = seen.get(marker);
    const next = text.indexOf(marker, last === undefined ? 0 : last + marker.length);
    const found = next < 0 ? last : next;
    if (found === undefined) return { citation, start: 0, end: 0 };
    seen.set(marker, found);
    const start = codePointLength(text, 0, found);
    return { citation, start, end: start + marker.length };
  });
}

/** The address of a cited file, at the page of the citation, where a signed-in person can open it. */
export function citedUrl(origin: string, { file_id: id, page }: Cited): string {
  return `${origin}/files/${id}/content${page === null ? "" : `#page=${page}`}`;
}
