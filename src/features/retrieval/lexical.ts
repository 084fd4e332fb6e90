/** SQL fragments of the lexical search: BM25 over the inverted index. */
import { type SQL, sql } from "drizzle-orm";
import { uuidArray } from "../../db/uuid-array.ts";
import { isId } from "../../lib/ids.ts";
import { ASKED, INFORMATION } from "./evidence.ts";
import { type QuestionTerm, WORD_WEIGHT } from "./question-terms.ts";
import { PASSAGES_OF_PART } from "./slices.ts";
import { isPartOf, ORDINALS_PER_FILE, partSql } from "./indexing/slots.ts";
import { termSql } from "./terms.ts";

/** The most postings per search, rarest terms first: frequent terms carry little information. */
const MOST_POSTINGS = 40_000;

/** In this many documents, those that the question names best, every term counts. */
const NAMED_FIRST = 10;

/** The weight of a term's rarity within the document, relative to its rarity in the whole scope. */
const WITHIN_DOCUMENT = 0.3;

/** The boost of a document that the question names. */
const NAMED = 8;

/** The boost of a passage that has all words of the question itself: one word, however often, says less than two. */
const COVERED = 0.5;

/**
 * The most terms, highest weights first. With an unknown number the planner would scan the whole index.
 */
const MOST_TERMS = 80;

/** The CTE `scope`: the files that the search may find. */
export function scopeOf(ownerId: string, fileIds: string[] | undefined): SQL {
  const only = fileIds ? sql`AND f.id = ANY(${uuidArray(fileIds.filter(isId))})` : sql``;
  return sql`
    scope AS MATERIALIZED (
      SELECT row_number() OVER () AS nr, i.file_id, f.original_name AS file_name, i.language, i.passages, i.slot
      FROM indexed_files i JOIN files f ON f.id = i.file_id
      WHERE i.user_id = ${ownerId}::uuid AND f.user_id = ${ownerId}::uuid AND f.status = 'ready' ${only}
    )`;
}

/** The CTEs `lexical (file_id, ordinal, score, information)`, the best passages of the lexical search, and `asked`. */
export function lexicalRanks(ownerId: string, questionTerms: QuestionTerm[], limit: number): SQL {
  return sql`
    ${postings(ownerId, questionTerms)},
    ${NAMED_DOCUMENTS},
    ${RARITIES},
    ${ASKED},
    passage AS (
      SELECT nr * ${ORDINALS_PER_FILE}::bigint + posting / 256 AS nr_and_ordinal,
        sum(gain * (posting % 256)) AS gain, sum(share) AS covered, sum(information) AS information
      FROM affordable, unnest(postings) AS posting GROUP BY 1
    ),
    lexical AS (
      SELECT file_id, (nr_and_ordinal % ${ORDINALS_PER_FILE})::int AS ordinal,
        gain * factor * (1 + ${COVERED}::float8 * covered) AS score, information
      FROM passage JOIN document ON nr = nr_and_ordinal / ${ORDINALS_PER_FILE}
      ORDER BY score DESC, file_id, ordinal LIMIT ${limit}
    )`;
}

/**
 * The CTE `hit`: the postings of the terms. Words are stemmed in each language of the documents. Each
 * term is looked up separately (`OFFSET 0`), because the planner would otherwise hash the whole index.
 * `only_names`: words before the question that name the document say nothing about its passages, as all of them
 * are about it.
 */
function postings(ownerId: string, questionTerms: QuestionTerm[]): SQL {
  return sql`
    question_terms AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(questionTerms)}::json)
        AS a (kind text, text text, weight float8)
    ),
    term AS (
      SELECT row_number() OVER ()::int AS id, kind, term, weight FROM (
        SELECT kind, term, max(weight) AS weight FROM (
          SELECT kind, CASE kind WHEN 'name' THEN '@' ELSE '' END || ${termSql(sql`lexeme`)} AS term, weight
          FROM question_terms, (SELECT DISTINCT language FROM scope) AS l,
            unnest(tsvector_to_array(to_tsvector(l.language::regconfig, text))) AS lexeme
          WHERE kind <> 'mark'
          UNION ALL SELECT kind, '#' || text, weight FROM question_terms WHERE kind = 'mark'
        ) AS stemmed GROUP BY kind, term ORDER BY weight DESC, term LIMIT ${MOST_TERMS}
      ) AS strongest
    ),
    hit AS MATERIALIZED (
      SELECT id, kind, nr, postings, cardinality(postings)::float8 AS count,
        least(passages - (${partSql(sql`part`)}), ${PASSAGES_OF_PART})::float8 AS size,
        kind = 'word' AND weight < ${WORD_WEIGHT}::float8
          AND bool_or(kind = 'name') OVER (PARTITION BY nr, ltrim(term.term, '@')) AS only_names
      FROM term CROSS JOIN LATERAL (
        SELECT file_id, part, postings FROM passage_terms t
        WHERE t.user_id = ${ownerId}::uuid AND t.term = term.term OFFSET 0
      ) AS t JOIN scope USING (file_id)
      WHERE ${isPartOf(sql`part`, sql`slot`)}
    )`;
}

/** The CTE `document`: how well the question names each file. */
const NAMED_DOCUMENTS = sql`
  whole AS (SELECT count(*)::float8 AS files, sum(passages)::float8 AS passages FROM scope),
  name AS (
    SELECT id, weight * ln(1 + (files - df + 0.5) / (df + 0.5)) AS gain
    FROM (SELECT id, count(*)::float8 AS df FROM hit WHERE kind = 'name' GROUP BY id) AS counted
      JOIN term USING (id), whole
  ),
  naming AS (
    SELECT nr, sum(gain * postings[1]) AS score FROM hit JOIN name USING (id) GROUP BY nr
  ),
  document AS (
    SELECT nr, file_id, slot, row_number() OVER (ORDER BY score DESC NULLS LAST) AS rank,
      1 + ${NAMED}::float8 * coalesce(score / nullif(max(score) OVER (), 0), 0) AS factor
    FROM scope LEFT JOIN naming USING (nr)
  )`;

/** The CTE `affordable`: the hits that count, the gain of a mention of their term, and its share of the question. */
const RARITIES = sql`
  rarity AS (
    SELECT id, term, weight, ln(1 + (passages - df + 0.5) / (df + 0.5)) AS rarity,
      is_asked::int::float8 / greatest(count(*) FILTER (WHERE is_asked) OVER (), 1) AS share,
      sum(df) OVER (ORDER BY df, id ROWS UNBOUNDED PRECEDING) <= ${MOST_POSTINGS}
        OR row_number() OVER (ORDER BY df, id) = 1 AS everywhere
    FROM (SELECT id, sum(count) AS df FROM hit WHERE kind <> 'name' GROUP BY id) AS counted
      JOIN (SELECT *, kind = 'word' AND weight >= ${WORD_WEIGHT}::float8 AS is_asked FROM term) AS term USING (id), whole
  ),
  affordable AS (
    SELECT nr, postings, share, weight * (${WITHIN_DOCUMENT}::float8 * ln(1 + (size - count + 0.5) / (count + 0.5))
      + ${1 - WITHIN_DOCUMENT}::float8 * rarity) AS gain, ${INFORMATION} AS information
    FROM hit JOIN rarity USING (id) JOIN document USING (nr)
    WHERE NOT only_names AND (everywhere OR rank <= ${NAMED_FIRST})
  )`;
