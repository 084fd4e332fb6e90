/**
 * Whether a found passage speaks of the question at all: a search always ranks something first. SQL fragments of
 * the search, and the decision.
 */
import { sql } from "drizzle-orm";
import { WORD_WEIGHT } from "./question-terms.ts";
import { termSql } from "./terms.ts";

/** Of a found passage. */
export type Evidence = {
  /** The share of the question's information that its words have, about 0 to 1; null if it has none of them. */
  coverage: number | null;
  /** How far its vector stands out among those of the scope, up to 1; null without one. */
  standout: number | null;
};

/**
 * Below, a passage shares only words with the question that many passages have, such as "party" or "notice", while
 * the words that make it this question are missing.
 */
const LEAST_COVERAGE = 0.25;

/** Below, it is about as near to the question as any other text of this kind is. */
const LEAST_STANDOUT = 0.3;

/** True where the passage seems to speak of the question. */
export function isEvidence({ coverage, standout }: Evidence): boolean {
  return (coverage ?? 0) >= LEAST_COVERAGE || (standout ?? 0) >= LEAST_STANDOUT;
}

/** More than all words together: a passage of the clause that is asked for by its number. */
const OF_PART = 1_000_000;

/** How much a hit says about a question: rare words say more. */
export const INFORMATION = sql`
  CASE WHEN kind = 'word' AND weight >= ${WORD_WEIGHT}::float8 THEN rarity
    WHEN rarity.term LIKE '#part:%' THEN ${OF_PART}::float8 ELSE 0 END`;

/** The CTE `asked (language, mass)`: the information of the question's words, as they are stemmed in a language. */
export const ASKED = sql`
  asked AS (
    SELECT language, sum(coalesce(rarity, ln(1 + (passages + 0.5) / 0.5))) AS mass
    FROM (
      SELECT DISTINCT l.language, ${termSql(sql`lexeme`)} AS term
      FROM question_terms, (SELECT DISTINCT language FROM scope) AS l,
        unnest(tsvector_to_array(to_tsvector(l.language::regconfig, text))) AS lexeme
      WHERE kind = 'word' AND question_terms.weight >= ${WORD_WEIGHT}::float8
    ) AS word CROSS JOIN whole LEFT JOIN rarity USING (term)
    GROUP BY language
  )`;

/** Of the columns of `lexical`, null where it does not have the passage, and `asked`. */
export const COVERAGE = sql`(lexical.information / nullif(asked.mass, 0))::float8`;

/**
 * Of the column `similarity`. Models differ in how near unrelated texts are: the similarity counts from the mean of
 * the scope, as a share of what is left up to 1.
 */
export const STANDOUT = sql`
  ((similarity - avg(similarity) OVER ()) / nullif(1 - avg(similarity) OVER (), 0))::float8`;
