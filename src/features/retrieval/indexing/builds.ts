/**
 * The state of a file's index, and the statements that make the next one beside it. Every write names the state
 * that it continues, so that of concurrent workers one stores each slice, and none continues what another has
 * begun anew. Locks are taken on the file first, then on its index.
 */
import { type SQL, sql } from "drizzle-orm";
import { batch, type Db, readOne, write } from "../../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../../db/columns.ts";
import { files, indexedFiles } from "../../../db/schema-documents.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { EMBEDDED_SINCE, INDEX_VERSION } from "./index-version.ts";
import type { Slice } from "../slices.ts";
import { inSlot, isOrdinalOf, isPartOf, otherSlot, type Slot } from "./slots.ts";
import { termsInsert } from "../terms.ts";
import { whereVectors } from "../vectors.ts";

/** One ingestion attempt of a file: writes of earlier attempts have no effect. */
export type Ingestion = { fileId: string; ingestionAttempt: number };

export type BuildDeps = Pick<Deps, "db" | "clock">;

const nameColumns = columnsSql(files, "f", ["originalName"]);
const indexColumns = columnsSql(indexedFiles, "i", ["indexVersion", "buildVersion", "buildNext"]);

type IndexRow = RowOfList<typeof nameColumns> & RowOfList<typeof indexColumns> & { slot: Slot };

/** The index of a file in an ingestion attempt, and the build beside it. */
export type IndexState = {
  ingestion: Ingestion;
  name: string;
  /** The version of the index that the search reads; -1 if there is none yet. */
  version: number;
  slot: Slot;
  /** The version of the rows in the other slot; null if it should be empty. */
  buildVersion: number | null;
  /** The ordinal of the next passage to store. */
  buildNext: number;
};

/** How long a job may take before the cron sends another: longer than a message with its retries. */
const JOB_MINUTES = 10;

/** A file that has no index yet: its first one is made in slot 0. */
const NO_INDEX = { version: -1, slot: 1 };

/**
 * The state of a file's index, which begins with the first call; undefined if a newer attempt has begun or the
 * file was deleted.
 */
export async function openIndex(db: Db, ingestion: Ingestion): Promise<IndexState | undefined> {
  const { fileId, ingestionAttempt } = ingestion;
  const isCurrent = sql`f.id = ${fileId}::uuid AND f.ingestion_attempt = ${ingestionAttempt}::int`;
  const { found } = await batch(db, {
    begun: sql`
      INSERT INTO indexed_files (file_id, user_id, language, passages, index_version, slot, build_version)
      SELECT f.id, f.user_id, 'simple', 0, ${NO_INDEX.version}::int, ${NO_INDEX.slot}::int, ${INDEX_VERSION}::int
      FROM files AS f WHERE ${isCurrent} FOR SHARE
      ON CONFLICT (file_id) DO NOTHING`,
    found: sql<IndexRow>`
      SELECT ${nameColumns}, ${indexColumns}, i.slot
      FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id WHERE ${isCurrent}`,
  });
  const [row] = found.rows;
  return row && toIndexState(ingestion, row);
}

function toIndexState(ingestion: Ingestion, row: IndexRow): IndexState {
  return {
    ingestion,
    name: row.original_name,
    version: row.index_version,
    slot: row.slot,
    buildVersion: row.build_version,
    buildNext: row.build_next,
  };
}

/** Condition: the index `i` is still in this state, except for the progress of its build. */
function isUnchanged({ ingestion, version, slot, buildVersion }: IndexState): SQL {
  return sql`i.file_id = ${ingestion.fileId}::uuid AND i.index_version = ${version}::int
    AND i.slot = ${slot}::int AND i.build_version IS NOT DISTINCT FROM ${buildVersion}::int`;
}

/** Selects the file of the ingestion, and locks it so that no newer attempt can begin. */
const lockedFile = ({ fileId, ingestionAttempt }: Ingestion): SQL => sql`
  SELECT id FROM files WHERE id = ${fileId}::uuid AND ingestion_attempt = ${ingestionAttempt}::int FOR SHARE`;

/** Assigns that the index has made progress: the cron waits for its job. */
function progressSql({ clock }: BuildDeps): SQL {
  return sql`build_failures = 0,
    build_due_at = ${toIso(new Date(clock()))}::timestamptz + ${JOB_MINUTES} * interval '1 minute'`;
}

/**
 * Stores a slice of the build, if it is the next one, with the vectors of passages that the old index has too.
 * Returns the ordinal of the next passage; undefined if this build no longer goes on.
 */
export async function storeSlice(
  deps: BuildDeps,
  index: IndexState,
  language: string,
  slice: Slice,
): Promise<number | undefined> {
  const statements = sliceStatements(deps, index, language, slice);
  const withoutVectors = async () => batch(deps.db, statements);
  // A first index, for example, has none.
  const hasVectors = index.version >= EMBEDDED_SINCE;
  const stored = await (!hasVectors
    ? withoutVectors()
    : whereVectors(
        deps.db,
        async () => {
          const { progress, current, ...rows } = statements;
          return batch(deps.db, { ...rows, vectors: vectorsCopy(index, slice), progress, current });
        },
        withoutVectors,
      ));
  return stored.current.rows[0]?.build_next;
}

function sliceStatements(deps: BuildDeps, index: IndexState, language: string, slice: Slice) {
  const { fileId } = index.ingestion;
  const target = otherSlot(index.slot);
  const isNext = sql`${isUnchanged(index)} AND i.build_next = ${slice.part}::int`;
  // Locked by the first statement, so that the condition holds in all of them or in none.
  const file = sql`
    SELECT f.id, f.user_id FROM files AS f JOIN indexed_files AS i ON i.file_id = f.id
    WHERE f.ingestion_attempt = ${index.ingestion.ingestionAttempt}::int AND ${isNext}`;
  const rows = inSlot(target, slice).rows.map(({ passage }) => passage);
  return {
    locked: sql`
      WITH file AS MATERIALIZED (${lockedFile(index.ingestion)})
      SELECT i.file_id FROM file JOIN indexed_files AS i ON i.file_id = file.id FOR UPDATE OF i`,
    passages: sql`
      WITH file AS (${file})
      INSERT INTO passages (file_id, ordinal, user_id, start_offset, end_offset, page, headings, text)
      SELECT file.id, p.ordinal, file.user_id, p.start, p."end", p.page, p.headings, p.text
      FROM file, json_to_recordset(${JSON.stringify(rows)}::json)
        AS p (ordinal int, start int, "end" int, page int, headings text[], text text)
      ON CONFLICT DO NOTHING`,
    terms: termsInsert(file, language, inSlot(target, slice)),
    progress: sql`
      WITH file AS (${file})
      UPDATE indexed_files AS i SET build_next = ${ordinalAfter(slice)}::int, ${progressSql(deps)}
      FROM file WHERE i.file_id = file.id`,
    current: sql<RowOf<typeof indexedFiles, "buildNext">>`
      SELECT i.build_next FROM indexed_files AS i JOIN files AS f ON f.id = i.file_id
      WHERE i.file_id = ${fileId}::uuid AND f.ingestion_attempt = ${index.ingestion.ingestionAttempt}::int
        AND ${isUnchanged(index)}`,
  };
}

/** The ordinal after a slice. */
export const ordinalAfter = ({ part, rows }: Slice): number => part + rows.length;

/** Copies the vectors of passages that did not change: the same text has the same vector. */
function vectorsCopy(index: IndexState, slice: Slice): SQL {
  const { fileId } = index.ingestion;
  const ordinals = inSlot(otherSlot(index.slot), slice).rows.map(({ passage }) => passage.ordinal);
  return sql`
    INSERT INTO passage_vectors (file_id, ordinal, user_id, model, embedding)
    SELECT n.file_id, n.ordinal, n.user_id, v.model, v.embedding
    FROM passages AS n
      JOIN passages AS o ON o.file_id = n.file_id AND ${isOrdinalOf(sql`o.ordinal`, sql`${index.slot}::int`)}
        AND o.start_offset = n.start_offset AND o.end_offset = n.end_offset
        AND o.headings = n.headings AND o.text = n.text
      JOIN passage_vectors AS v ON v.file_id = o.file_id AND v.ordinal = o.ordinal
    WHERE n.file_id = ${fileId}::uuid AND n.ordinal >= ${ordinals[0] ?? 0}::int
      AND n.ordinal <= ${ordinals.at(-1) ?? -1}::int
    ON CONFLICT DO NOTHING`;
}

/** The new index of a file. */
type NewIndex = { language: string; passages: number };

/**
 * Has the search read the build instead of the old index, if it is complete. True if it does, and nothing of an
 * old index is left to erase.
 */
export async function swapIndex(
  deps: BuildDeps,
  index: IndexState,
  { language, passages }: NewIndex,
): Promise<boolean> {
  const { fileId, ingestionAttempt } = index.ingestion;
  const row = await readOne(
    deps.db,
    sql<RowOf<typeof indexedFiles, "buildVersion">>`
      WITH file AS (
        UPDATE files SET language = ${language}
        WHERE id = ${fileId}::uuid AND ingestion_attempt = ${ingestionAttempt}::int RETURNING id
      )
      UPDATE indexed_files AS i SET slot = ${otherSlot(index.slot)}::int, index_version = ${INDEX_VERSION}::int,
        build_version = CASE WHEN i.index_version >= 0 THEN i.index_version END, build_next = 0,
        language = ${language}, passages = ${passages}::int, embedding_model = NULL, ${progressSql(deps)}
      FROM file
      WHERE i.file_id = file.id AND ${isUnchanged(index)} AND i.build_next = ${passages}::int
      RETURNING i.build_version`,
  );
  return row?.build_version === null;
}

/** Rows that one call erases; a call has 10 s. */
const ERASED = { terms: 5_000, passages: 1_000 };

/**
 * Erases the next rows of the slot that the search does not read. Once it is empty, begins the build if the index
 * is old.
 */
export async function eraseSpare(deps: BuildDeps, index: IndexState): Promise<void> {
  const { fileId } = index.ingestion;
  const spare = sql`${otherSlot(index.slot)}::int`;
  const isOld = index.version < INDEX_VERSION;
  // Of an erased part of a build nothing may be used.
  const whileErasing = isOld ? null : index.buildVersion;
  await write(
    deps.db,
    sql`
      WITH file AS MATERIALIZED (${lockedFile(index.ingestion)}),
      target AS MATERIALIZED (
        SELECT i.file_id FROM file JOIN indexed_files AS i ON i.file_id = file.id WHERE ${isUnchanged(index)} FOR UPDATE OF i
      ),
      terms AS (
        DELETE FROM passage_terms WHERE ctid = ANY (ARRAY(
          SELECT t.ctid FROM target JOIN passage_terms AS t ON t.file_id = target.file_id
          WHERE ${isPartOf(sql`t.part`, spare)} LIMIT ${ERASED.terms}::int))
        RETURNING 1
      ),
      gone AS (
        DELETE FROM passages WHERE ctid = ANY (ARRAY(
          SELECT p.ctid FROM target JOIN passages AS p ON p.file_id = target.file_id
          WHERE ${isOrdinalOf(sql`p.ordinal`, spare)} LIMIT ${ERASED.passages}::int))
        RETURNING 1
      ),
      rest AS (
        SELECT (SELECT count(*) FROM terms) < ${ERASED.terms}::int
          AND (SELECT count(*) FROM gone) < ${ERASED.passages}::int AS is_empty
      )
      UPDATE indexed_files AS i SET build_next = 0, ${progressSql(deps)}, build_version =
        CASE WHEN rest.is_empty THEN ${isOld ? INDEX_VERSION : null}::int ELSE ${whileErasing}::int END
      FROM target, rest WHERE i.file_id = target.file_id AND i.file_id = ${fileId}::uuid`,
  );
}

/** The statements that delete what is indexed of a file, for the batch that begins a new attempt. */
export function passagesDelete(fileId: string): SQL[] {
  return [
    sql`DELETE FROM indexed_files WHERE file_id = ${fileId}::uuid`,
    sql`DELETE FROM passage_terms WHERE file_id = ${fileId}::uuid`,
    sql`DELETE FROM passages WHERE file_id = ${fileId}::uuid`,
  ];
}
