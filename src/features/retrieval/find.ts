/** Finds passages of the owner's documents: the only search over them. */
import { type SQL, sql } from "drizzle-orm";
import { batch, type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../db/columns.ts";
import { type files, passages } from "../../db/schema-documents.ts";
import { termsOf } from "./question-terms.ts";
import { lexicalRanks, scopeOf } from "./lexical.ts";
import { COVERAGE, type Evidence, isEvidence, STANDOUT } from "./evidence.ts";
import type { FoundPassage } from "./passage.ts";
import { isOrdinalOf, ordinalSql } from "./indexing/slots.ts";
import { withReferred } from "./referred.ts";
import { type QuestionVector, toVectorText, whereVectors } from "./vectors.ts";

type PassageSearch = {
  /** The user's question. */
  query: string;
  /** Without a vector the search is only lexical. */
  vector?: QuestionVector | undefined;
  /** Searches only these files; ids of foreign files find nothing. */
  fileIds?: string[] | undefined;
  limit: number;
  /** Adds at most so many passages that the best ones refer to, behind these. */
  mostReferred?: number;
};

type FoundPassages = {
  passages: FoundPassage[];
  mode: "hybrid" | "lexical";
  /** False where none of the passages seems to speak of the question. */
  isRelevant: boolean;
};

const passageColumns = columnsSql(passages, "p", [
  "fileId",
  "startOffset",
  "endOffset",
  "page",
  "headings",
  "text",
]);

type FoundRow = RowOfList<typeof passageColumns> &
  Evidence & {
    file_name: RowOf<typeof files>["original_name"];
    ordinal: number;
    score: number;
    is_referred: boolean;
  };

/**
 * The best passages first. Passages without a vector of the question's model, such as those of a file that is not
 * embedded again yet after a change of the model, are found by the lexical search alone. One statement, or a second
 * one if the first shows that pgvector is missing.
 */
export async function findPassages(
  db: Db,
  ownerId: string,
  search: PassageSearch,
): Promise<FoundPassages> {
  const lexical = async () => toFound(await read(db, lexicalStatement(ownerId, search)), "lexical");
  const { vector } = search;
  if (!vector) return lexical();
  const hybrid = async () =>
    toFound(await read(db, hybridStatement(ownerId, search, vector)), "hybrid");
  return whereVectors(db, hybrid, lexical);
}

/** The same for several searches in one trip, in their order. Without a vector of each all are only lexical. */
export async function findPassagesOfEach(
  db: Db,
  ownerId: string,
  searches: readonly PassageSearch[],
): Promise<FoundPassages[]> {
  const run = async (statements: SQL<FoundRow>[], mode: FoundPassages["mode"]) => {
    const { found } = await batch(db, { found: statements });
    return found.map(({ rows }) => toFound(rows, mode));
  };
  const lexical = () => {
    const statements = searches.map((search) => lexicalStatement(ownerId, search));
    return run(statements, "lexical");
  };
  const hybrids = searches.flatMap((search) =>
    search.vector ? [hybridStatement(ownerId, search, search.vector)] : [],
  );
  if (hybrids.length < searches.length) return lexical();
  return whereVectors(db, () => run(hybrids, "hybrid"), lexical);
}

function toFound(rows: readonly FoundRow[], mode: FoundPassages["mode"]): FoundPassages {
  const isRelevant = rows.some((row) => !row.is_referred && isEvidence(row));
  return { passages: rows.map(toFoundPassage), mode, isRelevant };
}

function toFoundPassage(row: FoundRow): FoundPassage {
  return {
    fileId: row.file_id,
    fileName: row.file_name,
    ordinal: row.ordinal,
    start: row.start_offset,
    end: row.end_offset,
    page: row.page,
    headings: row.headings,
    text: row.text,
    score: row.score,
    isReferred: row.is_referred,
  };
}

/** How many ranks of each list are fused. */
const RANKED = { lexical: 200, near: 100 };

/** Reciprocal rank fusion: the higher, the less the first ranks stand out. */
const RANK_OFFSET = 20;

/**
 * The weight of a vector rank relative to a lexical one. `npm run bench:fusion` measures it; from 0.3 to 1 it
 * makes little difference.
 */
const NEAR_WEIGHT = 0.75;

function lexicalStatement(ownerId: string, search: PassageSearch): SQL<FoundRow> {
  return sql<FoundRow>`
    WITH ${scopeOf(ownerId, search.fileIds)},
    ${lexicalRanks(ownerId, termsOf(search.query), RANKED.lexical)},
    near AS (SELECT NULL::uuid AS file_id, NULL::int AS ordinal, NULL::float8 AS standout WHERE false),
    ranked AS (SELECT file_id, ordinal, score FROM lexical),
    ${foundRows(ownerId, search)}`;
}

function hybridStatement(
  ownerId: string,
  search: PassageSearch,
  vector: QuestionVector,
): SQL<FoundRow> {
  const questionVector = sql`${toVectorText(vector.values)}::vector`;
  return sql<FoundRow>`
    WITH ${scopeOf(ownerId, search.fileIds)},
    ${lexicalRanks(ownerId, termsOf(search.query), RANKED.lexical)},
    near AS (
      SELECT file_id, ordinal, similarity * sqrt(factor) AS nearness, ${STANDOUT} AS standout
      FROM (
        SELECT v.file_id, v.ordinal, factor, 1 - (v.embedding <=> ${questionVector}) AS similarity
        FROM passage_vectors v JOIN document USING (file_id)
        WHERE v.user_id = ${ownerId}::uuid AND v.model = ${vector.model}
          AND ${isOrdinalOf(sql`v.ordinal`, sql`document.slot`)}
      ) AS compared
      ORDER BY nearness DESC LIMIT ${RANKED.near}
    ),
    weighted AS (
      SELECT file_id, ordinal, 1::float8 AS weight,
        row_number() OVER (ORDER BY score DESC, file_id, ordinal) AS rank FROM lexical
      UNION ALL
      SELECT file_id, ordinal, ${NEAR_WEIGHT}::float8,
        row_number() OVER (ORDER BY nearness DESC, file_id, ordinal) FROM near
    ),
    ranked AS (
      SELECT file_id, ordinal, sum(weight / (${RANK_OFFSET}::int + rank)) AS score
      FROM weighted GROUP BY file_id, ordinal
    ),
    ${foundRows(ownerId, search)}`;
}

/** Selects the best passages of `ranked`. Checks the owner again, on the passage itself. */
function foundRows(ownerId: string, { limit, mostReferred = 0 }: PassageSearch): SQL {
  return sql`
    ${withReferred(ownerId, limit, mostReferred)}
    SELECT ${passageColumns}, ${ordinalSql(sql`p.ordinal`)} AS ordinal, scope.file_name, found.score::float8 AS score,
      found.is_referred, ${COVERAGE} AS coverage, near.standout
    FROM found JOIN passages p USING (file_id, ordinal) JOIN scope USING (file_id)
      LEFT JOIN lexical USING (file_id, ordinal) LEFT JOIN near USING (file_id, ordinal)
      LEFT JOIN asked USING (language)
    WHERE p.user_id = ${ownerId}::uuid ORDER BY found.is_referred, found.rank`;
}
