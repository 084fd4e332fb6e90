/** The inverted index of a slice of passages, made by Postgres' own stemmers. */
import { type SQL, sql } from "drizzle-orm";
import type { IndexedPassage, Slice } from "./slices.ts";

/** What a word counts by where it stands: in the passage 1. */
const COUNTS = { titles: 0.8, around: 0.2 };

/** BM25: how soon further mentions count less, and how much long passages are held down. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.6;
/** Words of a passage of usual length. */
const USUAL_SIZE = 45;

/** In hundredths, what a word that names the document says: in the file's name, and in its text. */
const NAMING = { name: 100, beginning: 60 };

/** The statement that stores the terms of a slice. `heldFile` selects the file's id and user_id. */
export function termsInsert(heldFile: SQL, language: string, slice: Slice): SQL {
  const config = sql`${language}::regconfig`;
  return sql`
    WITH file AS (${heldFile}),
    passage AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(slice.rows.map(toRow))}::json)
        AS p (ordinal int, size int, body text, titles text, around text, concepts json)
    ),
    counted AS (
      SELECT ordinal, size, lexeme, cardinality(positions)::real AS count
      FROM passage, unnest(to_tsvector(${config}, body))
      UNION ALL
      SELECT ordinal, size, lexeme, ${COUNTS.titles}::real
      FROM passage, unnest(to_tsvector(${config}, titles))
      UNION ALL
      SELECT ordinal, size, lexeme, ${COUNTS.around}::real
      FROM passage, unnest(to_tsvector(${config}, around))
    ),
    frequency AS (
      SELECT ordinal, size, lexeme, sum(count) AS count FROM counted GROUP BY ordinal, size, lexeme
    ),
    found AS (
      SELECT lexeme AS term, ordinal, round(100 * ${1 + SATURATION}::real * count / (count
        + ${SATURATION}::real * (${1 - LENGTH_SHARE}::real + ${LENGTH_SHARE / USUAL_SIZE}::real * size))) AS impact
      FROM frequency
      UNION ALL
      SELECT '#' || key, ordinal, value::real * 100 FROM passage, json_each_text(concepts)
      UNION ALL
      SELECT '@' || lexeme, 0, max(impact) FROM (${namingOf(slice, config)}) AS naming GROUP BY lexeme
    )
    INSERT INTO passage_terms (user_id, term, file_id, part, postings)
    SELECT file.user_id, term, file.id, ${slice.part}::int,
      array_agg(ordinal * 256 + least(impact, 255)::int ORDER BY ordinal)
    FROM file, found GROUP BY file.user_id, file.id, term
    ON CONFLICT DO NOTHING`;
}

function toRow({ passage, body, titles, around, concepts }: IndexedPassage) {
  return {
    ordinal: passage.ordinal,
    size: body.split(" ").length,
    body,
    titles,
    around,
    concepts: Object.fromEntries(concepts.map(({ name, strength }) => [name, strength])),
  };
}

function namingOf({ naming }: Slice, config: SQL): SQL {
  return sql`
    SELECT lexeme, ${NAMING.name}::int AS impact
    FROM unnest(tsvector_to_array(to_tsvector(${config}, ${naming?.name ?? ""}))) AS lexeme
    UNION ALL
    SELECT lexeme, ${NAMING.beginning}::int
    FROM unnest(tsvector_to_array(to_tsvector(${config}, ${naming?.beginning ?? ""}))) AS lexeme`;
}
