/** What the two searches find for a question, before they are fused. */
import { sql } from "drizzle-orm";
import { read } from "../../src/db/client.ts";
import { lexicalRanks, scopeOf } from "../../src/features/retrieval/lexical.ts";
import { termsOf } from "../../src/features/retrieval/question-terms.ts";
import { type QuestionVector, toVectorText } from "../../src/features/retrieval/vectors.ts";
import type { Library } from "./library.ts";
import type { Retrieved } from "./score.ts";

/** A passage that a search may return. */
export type Candidate = Retrieved & {
  ordinal: number;
  /** Of the lexical search; null where it is not among its best. */
  score: number | null;
  /** Cosine similarity of the vectors of passage and question. */
  similarity: number;
  /** How well the question names the document: from 1 up. */
  factor: number;
};

/** As many as `findPassages` fuses. */
const LEXICAL = 200;

type Row = Pick<Candidate, "ordinal" | "score" | "similarity" | "factor"> & {
  file_id: string;
  start_offset: number;
  end_offset: number;
};

/** Every passage of the scope. */
export async function listCandidates(
  library: Library,
  query: string,
  vector: QuestionVector,
  fileIds?: string[],
): Promise<Candidate[]> {
  const { deps, userId } = library;
  const statement = sql<Row>`
    WITH ${scopeOf(userId, fileIds)},
    ${lexicalRanks(userId, termsOf(query), LEXICAL)}
    SELECT p.file_id, p.ordinal, start_offset, end_offset, lexical.score::float8 AS score,
      (1 - (v.embedding <=> ${toVectorText(vector.values)}::vector))::float8 AS similarity, factor::float8 AS factor
    FROM passages p JOIN document USING (file_id) JOIN passage_vectors v USING (file_id, ordinal)
      LEFT JOIN lexical USING (file_id, ordinal)
    WHERE v.model = ${vector.model}`;
  const rows = await read(deps.db, statement);
  return rows.map(({ file_id, start_offset: start, end_offset: end, ...rest }) => ({
    document: library.nameOf(file_id),
    start,
    end,
    ...rest,
  }));
}
