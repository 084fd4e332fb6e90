/** Reads the texts of documents in bounded slices. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { filePages } from "../../db/schema-documents.ts";
import type { TextPart } from "./document-text.ts";

/** A range of a document, in code points: the parts that begin in it. */
type TextSlice = { fileId: string; from: number; to: number };

const partColumns = columnsSql(filePages, "p", [
  "fileId",
  "page",
  "startOffset",
  "text",
  "regions",
  "headings",
  "source",
]);

type PartRow = RowOfList<typeof partColumns>;

/** The parts in the slices, in order, by file id. One round trip. */
export async function readSlices(
  db: Db,
  ownerId: string,
  slices: readonly TextSlice[],
): Promise<Map<string, TextPart[]>> {
  const wanted = slices.map(({ fileId, from, to }) => ({ file_id: fileId, from, to }));
  const rows = await read(
    db,
    sql<PartRow>`
      SELECT ${partColumns}
      FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS s (file_id uuid, "from" int, "to" int)
      JOIN files AS f ON f.id = s.file_id AND f.user_id = ${ownerId}
      JOIN file_pages AS p ON p.file_id = f.id
        AND p.start_offset >= s."from" AND p.start_offset < s."to"
      ORDER BY p.file_id, p.part`,
  );
  const parts = Map.groupBy(rows, ({ file_id }) => file_id);
  return new Map([...parts].map(([fileId, found]) => [fileId, found.map(toPart)]));
}

function toPart({ page, start_offset: start, text, regions, headings, source }: PartRow): TextPart {
  return { page, start, text, regions, headings, source };
}

/** The most code points per round trip: a few megabytes in any script. */
const MOST_AT_ONCE = 1_000_000;
/** How much slices overlap, so that a quotation across their border is found. */
const OVERLAP = 60_000;

/**
 * Groups the texts into round trips: several short texts share one, a long text is sliced over several.
 */
export function planSlices(
  files: readonly { fileId: string; textLength: number }[],
  mostAtOnce = MOST_AT_ONCE,
): TextSlice[][] {
  const trips: TextSlice[][] = [];
  let room = 0;
  for (const slice of files.flatMap((file) => sliceUp(file, mostAtOnce))) {
    const length = slice.to - slice.from;
    const trip = trips.at(-1);
    if (trip && length <= room) trip.push(slice);
    else trips.push([slice]);
    room = (trip && length <= room ? room : mostAtOnce) - length;
  }
  return trips;
}

function sliceUp(
  { fileId, textLength }: { fileId: string; textLength: number },
  length: number,
): TextSlice[] {
  const slices: TextSlice[] = [];
  for (let from = 0; from === 0 || from + OVERLAP < textLength; from += length - OVERLAP) {
    slices.push({ fileId, from, to: Math.min(from + length, textLength) });
  }
  return slices;
}
