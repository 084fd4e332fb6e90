/** The lexical half of the search, as pieces of its one statement: BM25 over the inverted index. */
import { type SQL, sql } from "drizzle-orm";
import { isId } from "../../lib/ids.ts";
import type { AskedTerm } from "./ask.ts";

/** Postings looked at in one search: those of the rarest terms come first. */
const MOST_POSTINGS = 60_000;

/** How much rarity counts within the document, against rarity among all that is searched. */
const WITHIN_DOCUMENT = 0.5;

/** How far a document that the question names stands above the others. */
const NAMED = 3;

/** `scope`: the files that may be found. */
export function scopeOf(ownerId: string, fileIds: string[] | undefined): SQL {
  const only = fileIds ? sql`AND f.id = ANY(${toArray(fileIds)}::uuid[])` : sql``;
  return sql`
    scope AS MATERIALIZED (
      SELECT i.file_id, f.original_name AS file_name, i.language, i.passages
      FROM indexed_files i JOIN files f ON f.id = i.file_id
      WHERE i.user_id = ${ownerId}::uuid AND f.user_id = ${ownerId}::uuid AND f.status = 'ready' ${only}
    )`;
}

const toArray = (ids: string[]) => `{${ids.filter(isId).join(",")}}`;

/** `lexical (file_id, place, score)`: the best by words. */
export function lexicalRanks(ownerId: string, asked: AskedTerm[], limit: number): SQL {
  return sql`
    ${postings(ownerId, asked)},
    ${NAMED_DOCUMENTS},
    ${RARITIES},
    lexical AS (
      SELECT file_id, place, sum(weight * rarity * impact) * coalesce(max(factor), 1) AS score
      FROM affordable LEFT JOIN document USING (file_id), unnest(places, impacts) AS p (place, impact)
      GROUP BY file_id, place ORDER BY score DESC, file_id, place LIMIT ${limit}
    )`;
}

/** `hit`: where the terms stand. A word is stemmed in each language that the documents are in. */
function postings(ownerId: string, asked: AskedTerm[]): SQL {
  return sql`
    asked AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(asked)}::json)
        AS a (kind text, text text, weight real)
    ),
    term AS (
      SELECT kind, term, max(weight) AS weight FROM (
        SELECT kind, CASE kind WHEN 'name' THEN '@' ELSE '' END || lexeme AS term, weight
        FROM asked, (SELECT DISTINCT language FROM scope) AS l,
          unnest(tsvector_to_array(to_tsvector(l.language::regconfig, text))) AS lexeme
        WHERE kind <> 'concept'
        UNION ALL SELECT kind, '#' || text, weight FROM asked WHERE kind = 'concept'
      ) AS stemmed GROUP BY kind, term
    ),
    hit AS MATERIALIZED (
      SELECT kind, term, weight, file_id, t.places, t.impacts, scope.passages,
        cardinality(t.places) AS count
      FROM term JOIN passage_terms t USING (term) JOIN scope USING (file_id)
      WHERE t.user_id = ${ownerId}::uuid
    )`;
}

/** `document`: how far each file is the one that the question names. */
const NAMED_DOCUMENTS = sql`
  whole AS (SELECT count(*) AS files, sum(passages) AS passages FROM scope),
  naming AS (
    SELECT file_id, sum(weight * impacts[1] * ln(1 + (files - df + 0.5) / (df + 0.5))) AS score
    FROM (SELECT *, count(*) OVER (PARTITION BY term) AS df FROM hit WHERE kind = 'name') AS h, whole
    GROUP BY file_id
  ),
  document AS (
    SELECT file_id, 1 + ${NAMED}::real * score / nullif(max(score) OVER (), 0) AS factor FROM naming
  )`;

/** `affordable`: the hits with the rarity of their terms, the rarest first, as many as are looked at. */
const RARITIES = sql`
  counted AS (
    SELECT h.*, whole.passages AS total, sum(count) OVER (PARTITION BY term) AS df,
      sum(count) OVER (PARTITION BY term, file_id) AS local
    FROM hit h, whole WHERE kind <> 'name'
  ),
  affordable AS (
    SELECT file_id, places, impacts, weight,
      ${WITHIN_DOCUMENT}::real * ln(1 + (passages - local + 0.5) / (local + 0.5))
      + ${1 - WITHIN_DOCUMENT}::real * ln(1 + (total - df + 0.5) / (df + 0.5)) AS rarity
    FROM (
      SELECT *, sum(count) OVER (ORDER BY df, term, file_id ROWS UNBOUNDED PRECEDING) AS read FROM counted
    ) AS c WHERE read <= ${MOST_POSTINGS}
  )`;
