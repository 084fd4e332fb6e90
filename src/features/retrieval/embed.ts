/** Embeds passages and questions, if there are a provider and pgvector. */
import { type SQL, sql } from "drizzle-orm";
import type { TokenCount } from "../../clients/model.ts";
import { batch, write } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { describeFailure, refusesContent } from "../../db/errors.ts";
import { files, passages } from "../../db/schema-documents.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { type EmbeddingModel, estimateTokens, findEmbeddingModel } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { exhaustedSql } from "../usage/exhausted.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import type { Ingestion } from "./indexing/builds.ts";
import { isOrdinalOf } from "./indexing/slots.ts";
import { questionOf } from "./question-terms.ts";
import { lacksVectors, type QuestionVector, toVectorText, whereVectors } from "./vectors.ts";

export type EmbedDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;

/** Passages per call to the provider. */
const PASSAGES_AT_ONCE = 64;
const CALL_TIMEOUT_MS = 30_000;

/** Short, because the user waits for it. */
const QUESTION_TIMEOUT_MS = 3_000;

/** In UTF-16 units. Models take about 8,000 tokens, and a token has at least one character. */
const LONGEST_QUESTION = 8_000;

/** The outcome of embedding the next passages of a file. */
type Embedded = "more" | "done" | "failed";

/**
 * Embeds the next passages of a file that have no vector of the current model, and replaces those of another one.
 * "done" when all have vectors, or cannot get any (no pgvector, no provider); "failed" when the provider failed,
 * Postgres refused its vectors, or the budget of the owner is used up. Passages without vectors are found by lexical search.
 */
export async function embedNext(deps: EmbedDeps, ingestion: Ingestion): Promise<Embedded> {
  const model = findAskableModel(deps);
  if (!model) return "done";
  return whereVectors<Embedded>(
    deps.db,
    async () => embedPassages(deps, ingestion, model),
    async () => {
      await write(deps.db, embeddedUpdate(ingestion, model, sql`true`));
      return "done";
    },
  );
}

const fileColumns = columnsSql(files, "f", ["userId"]);
const passageColumns = columnsSql(passages, "p", ["ordinal", "headings", "text"]);

type PassageRow = RowOfList<typeof fileColumns> &
  RowOfList<typeof passageColumns> & { user_id: string };

async function embedPassages(
  deps: EmbedDeps,
  ingestion: Ingestion,
  model: EmbeddingModel,
): Promise<Embedded> {
  const { rows, isExhausted } = await listNext(deps, ingestion, model);
  const [first] = rows;
  if (!first) {
    await write(deps.db, embeddedUpdate(ingestion, model, HAS_ALL_VECTORS));
    return "done";
  }
  if (isExhausted) return "failed";
  // Without the name of the file, which would make all passages of a file alike. A change of this text needs a new
  // INDEX_VERSION and EMBEDDED_SINCE.
  const texts = rows.map(({ headings, text }) => [...headings, text].join("\n"));
  const made = await embedOrNothing(deps, model, texts, CALL_TIMEOUT_MS);
  if (!made) return "failed";
  const usage = usageOf(deps, first.user_id, model, made.count);
  const vectors = rows.map(({ ordinal }, index) => ({
    ordinal,
    vector: toVectorText(made.vectors[index] ?? []),
  }));
  const isSaved = await saveVectors(deps, usage, [
    vectorsInsert(ingestion, model, vectors),
    failuresReset(ingestion),
    embeddedUpdate(ingestion, model, HAS_ALL_VECTORS),
  ]);
  if (!isSaved) return "failed";
  return rows.length < PASSAGES_AT_ONCE ? "done" : "more";
}

/** Saves vectors and usage; false if Postgres refuses the vectors. */
async function saveVectors(
  { db }: EmbedDeps,
  usage: NewUsage,
  writes: readonly SQL[],
): Promise<boolean> {
  try {
    await batch(db, { usage: usageInsert(usage), writes });
    return true;
  } catch (error) {
    if (!refusesContent(error)) throw error;
    logError("vectors_refused", { model: usage.model.name, ...describeFailure(error) });
    return false;
  }
}

/** `isExhausted`: the budget of the owner is used up. */
async function listNext(
  { db, config, clock }: EmbedDeps,
  { fileId, ingestionAttempt }: Ingestion,
  { name }: EmbeddingModel,
): Promise<{ rows: PassageRow[]; isExhausted: boolean }> {
  const owner = sql`SELECT user_id FROM files WHERE id = ${fileId}::uuid`;
  const asked = { defaults: config.BUDGETS, at: toIso(new Date(clock())) };
  const { next, exhausted } = await batch(db, {
    next: sql<PassageRow>`
      SELECT ${fileColumns}, ${passageColumns}
      FROM files f JOIN indexed_files i ON i.file_id = f.id
        JOIN passages p ON p.file_id = f.id AND ${isOrdinalOf(sql`p.ordinal`, sql`i.slot`)}
      WHERE f.id = ${fileId}::uuid AND f.ingestion_attempt = ${ingestionAttempt}::int
        AND NOT EXISTS (
          SELECT FROM passage_vectors v WHERE v.file_id = p.file_id AND v.ordinal = p.ordinal AND v.model = ${name})
      ORDER BY p.ordinal LIMIT ${PASSAGES_AT_ONCE}`,
    exhausted: exhaustedSql({ userId: owner, keyId: null }, asked),
  });
  return { rows: next.rows, isExhausted: exhausted.rows.length > 0 };
}

function vectorsInsert(
  { fileId, ingestionAttempt }: Ingestion,
  { name }: EmbeddingModel,
  vectors: { ordinal: number; vector: string }[],
): SQL {
  return sql`
    WITH file AS (
      SELECT id, user_id FROM files WHERE id = ${fileId}::uuid AND ingestion_attempt = ${ingestionAttempt}::int FOR SHARE
    )
    INSERT INTO passage_vectors (file_id, ordinal, user_id, model, embedding)
    SELECT file.id, ordinal, file.user_id, ${name}, r.vector::vector
    FROM file JOIN passages p ON p.file_id = file.id
      JOIN json_to_recordset(${JSON.stringify(vectors)}::json) AS r (ordinal int, vector text) USING (ordinal)
    ON CONFLICT (file_id, ordinal) DO UPDATE SET model = excluded.model, embedding = excluded.embedding
      WHERE passage_vectors.model <> excluded.model`;
}

/** Condition: every passage of the index `i` that the search reads has a vector of its embedding model. */
const HAS_ALL_VECTORS = sql`i.passages = (
  SELECT count(*) FROM passage_vectors AS v
  WHERE v.file_id = i.file_id AND v.model = m.name AND ${isOrdinalOf(sql`v.ordinal`, sql`i.slot`)})`;

/** Saves the model as the embedding model of the file's index, on a condition. */
function embeddedUpdate(
  { fileId, ingestionAttempt }: Ingestion,
  { name }: EmbeddingModel,
  condition: SQL,
): SQL {
  return sql`
    UPDATE indexed_files AS i SET embedding_model = m.name
    FROM files AS f, (VALUES (${name}::text)) AS m (name)
    WHERE i.file_id = ${fileId}::uuid AND f.id = i.file_id AND f.ingestion_attempt = ${ingestionAttempt}::int
      AND i.embedding_model IS DISTINCT FROM m.name AND ${condition}`;
}

/** Resets the count of consecutive failures. */
function failuresReset({ fileId, ingestionAttempt }: Ingestion): SQL {
  return sql`
    UPDATE files SET embed_failures = 0
    WHERE id = ${fileId}::uuid AND ingestion_attempt = ${ingestionAttempt}::int AND embed_failures > 0`;
}

/**
 * The vector of a question; undefined if there can be none or the provider fails. The usage is saved in
 * the background: a request must pass a `waitUntil` that keeps the Worker alive for it.
 */
export async function embedQuestion(
  deps: EmbedDeps,
  userId: string,
  text: string,
  waitUntil: (saving: Promise<void>) => void = () => undefined,
): Promise<QuestionVector | undefined> {
  const [vector] = await embedQuestions(deps, userId, [text], waitUntil);
  return vector;
}

/** The same for several texts in one call, in their order; empty if there can be none or the provider fails. */
export async function embedQuestions(
  deps: EmbedDeps,
  userId: string,
  texts: readonly string[],
  waitUntil: (saving: Promise<void>) => void = () => undefined,
): Promise<QuestionVector[]> {
  const model = findAskableModel(deps);
  if (!model || lacksVectors(deps.db)) return [];
  const inputs = texts.map((text) => questionOf(text).slice(0, LONGEST_QUESTION));
  const made = await embedOrNothing(deps, model, inputs, QUESTION_TIMEOUT_MS);
  if (!made) return [];
  waitUntil(saveUsage(deps, usageOf(deps, userId, model, made.count)));
  return made.vectors.map((values) => ({ model: model.name, values }));
}

async function saveUsage({ db }: EmbedDeps, usage: NewUsage): Promise<void> {
  try {
    await write(db, usageInsert(usage));
  } catch (error) {
    logError("usage_lost", { kind: usage.kind, cause: nameOf(error) });
  }
}

/** The current embedding model; undefined if there is none, or no provider of it. */
export function findAskableModel({
  config,
  model,
}: Pick<Deps, "config" | "model">): EmbeddingModel | undefined {
  const { EMBEDDING_BASE_URL: openaiUrl, EMBEDDING_MODEL, MODELS } = config;
  const table = { ...MODELS, ...(openaiUrl !== undefined && { openaiUrl }) };
  const found = findEmbeddingModel(EMBEDDING_MODEL, table);
  return found && model.canEmbed(found) ? found : undefined;
}

type Count = { tokens: TokenCount; estimated: boolean };
type Embedding = { vectors: number[][]; count: Count };

/** Undefined if the provider fails: the search is lexical then. */
async function embedOrNothing(
  { model: client }: EmbedDeps,
  model: EmbeddingModel,
  texts: string[],
  timeoutMs: number,
): Promise<Embedding | undefined> {
  try {
    const { vectors, usage } = await client.embed({ model, texts }, AbortSignal.timeout(timeoutMs));
    const promptTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
    const tokens = usage ?? { promptTokens, completionTokens: 0 };
    return { vectors, count: { tokens, estimated: usage === undefined } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    logError("embedding_failed", { code: error.code });
    return undefined;
  }
}

function usageOf(
  { newId, clock }: EmbedDeps,
  userId: string,
  model: EmbeddingModel,
  { tokens, estimated }: Count,
): NewUsage {
  const of = { userId, chatId: null, messageId: null, kind: "embedding" as const, attempt: 1 };
  return { id: newId(), ...of, model, ...tokens, estimated, at: new Date(clock()).toISOString() };
}
