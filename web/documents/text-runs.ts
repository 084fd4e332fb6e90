/** Divides a part of a text where something begins or ends: a region, or quoted words. Offsets are code points. */
import type { TextPart } from "./document-text.ts";
import type { Range } from "./place.ts";

export type Run = {
  start: number;
  text: string;
  kind: TextPart["regions"][number]["kind"] | undefined;
  isQuoted: boolean;
};

/** In order; together they are the text of the part. */
export function runsOf(
  part: Pick<TextPart, "start" | "end" | "text" | "regions">,
  quoted: readonly Range[],
): Run[] {
  const edges = [part, ...part.regions, ...quoted]
    .flatMap(({ start, end }) => [start, end])
    .filter((edge) => edge >= part.start && edge <= part.end);
  const borders = [...new Set(edges)].toSorted((a, b) => a - b);
  // Strings are indexed by UTF-16 units, of which a code point may have two.
  const characters = borders.length > 2 ? Array.from(part.text) : [];
  return borders.slice(0, -1).map((start, index) => {
    const end = borders[index + 1] ?? part.end;
    const isWhole = borders.length === 2;
    const inner = () => characters.slice(start - part.start, end - part.start).join("");
    return {
      start,
      text: isWhole ? part.text : inner(),
      kind: part.regions.find((region) => isWithin(start, region))?.kind,
      isQuoted: quoted.some((range) => isWithin(start, range)),
    };
  });
}

const isWithin = (offset: number, { start, end }: Range) => start <= offset && offset < end;
