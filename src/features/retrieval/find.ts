/** Finds passages of the owner's documents: the only search over them. */
import { type SQL, sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../db/columns.ts";
import { type files, passages } from "../../db/schema-documents.ts";
import { termsOf } from "./question-terms.ts";
import { lexicalRanks, scopeOf } from "./lexical.ts";
import type { FoundPassage } from "./passage.ts";
import { type QuestionVector, toVectorText, whereVectors } from "./vectors.ts";

type PassageSearch = {
  /** The user's question. */
  query: string;
  /** Without a vector the search is only lexical. */
  vector?: QuestionVector | undefined;
  /** Searches only these files; ids of foreign files find nothing. */
  fileIds?: string[] | undefined;
  limit: number;
};

type FoundPassages = { passages: FoundPassage[]; mode: "hybrid" | "lexical" };

const passageColumns = columnsSql(passages, "p", [
  "fileId",
  "ordinal",
  "startOffset",
  "endOffset",
  "page",
  "headings",
  "text",
]);

type FoundRow = RowOfList<typeof passageColumns> & {
  file_name: RowOf<typeof files>["original_name"];
  score: number;
};

/**
 * The best passages first. One statement, or a second one if the first shows that pgvector is missing.
 */
export async function findPassages(
  db: Db,
  ownerId: string,
  search: PassageSearch,
): Promise<FoundPassages> {
  const lexical = async (): Promise<FoundPassages> => ({
    passages: await searchBy(db, lexicalStatement(ownerId, search)),
    mode: "lexical",
  });
  const { vector } = search;
  if (!vector) return lexical();
  const hybrid = async (): Promise<FoundPassages> => ({
    passages: await searchBy(db, hybridStatement(ownerId, search, vector)),
    mode: "hybrid",
  });
  return whereVectors(db, hybrid, lexical);
}

async function searchBy(db: Db, statement: SQL<FoundRow>): Promise<FoundPassage[]> {
  const rows = await read(db, statement);
  return rows.map(toFoundPassage);
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
  };
}

/** How many ranks of each list are fused. */
const RANKED = { lexical: 200, near: 100 };

/** Reciprocal rank fusion: the higher, the less the first ranks stand out. */
const RANK_OFFSET = 20;

/**
 * The weight of a vector rank relative to a lexical one, which also knows clause types and document
 * names.
 */
const NEAR_WEIGHT = 0.5;

function lexicalStatement(ownerId: string, search: PassageSearch): SQL<FoundRow> {
  return sql<FoundRow>`
    WITH ${scopeOf(ownerId, search.fileIds)},
    ${lexicalRanks(ownerId, termsOf(search.query), RANKED.lexical)},
    ranked AS (SELECT file_id, ordinal, score FROM lexical)
    ${foundRows(ownerId, search.limit)}`;
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
      SELECT v.file_id, v.ordinal, (1 - (v.embedding <=> ${questionVector})) * sqrt(document.factor) AS nearness
      FROM passage_vectors v JOIN document USING (file_id)
      WHERE v.user_id = ${ownerId}::uuid AND v.model = ${vector.model}
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
    )
    ${foundRows(ownerId, search.limit)}`;
}

/** Selects the passages of `ranked`. Checks the owner again, on the passage itself. */
function foundRows(ownerId: string, limit: number): SQL {
  return sql`
    SELECT ${passageColumns}, scope.file_name, ranked.score::float8 AS score
    FROM ranked JOIN passages p USING (file_id, ordinal) JOIN scope USING (file_id)
    WHERE p.user_id = ${ownerId}::uuid
    ORDER BY ranked.score DESC, p.file_id, p.ordinal LIMIT ${limit}::int`;
}
