/** More passages of the same owner: copies of the files, each under its own name. */
import type { Library } from "./library.ts";

export async function countPassages({ neon, userId }: Library): Promise<number> {
  const { rows } = await neon.pool.query<{ n: string }>(
    "SELECT count(*) AS n FROM passages WHERE user_id = $1",
    [userId],
  );
  return Number(rows[0]?.n);
}

/** As many copies of the files as needed for about `size` passages, with their vectors. */
export async function multiply(library: Library, size: number): Promise<void> {
  const { pool } = library.neon;
  const copies = Math.max(0, Math.round(size / (await countPassages(library))) - 1);
  const file =
    "user_id, file_path, file_url, file_size, content_type, status, processed, created_at, ingestion_attempt, language";
  await pool.query(
    `CREATE TABLE copy AS SELECT id AS old, gen_random_uuid() AS new, number
     FROM files, generate_series(1, ${copies}) AS number WHERE user_id = '${library.userId}'`,
  );
  const { rows } = await pool.query("SELECT to_regclass('passage_vectors') AS vectors");
  const vectors = `INSERT INTO passage_vectors SELECT new, ordinal, user_id, model, embedding
     FROM passage_vectors JOIN copy ON old = file_id`;
  for (const statement of [
    `INSERT INTO files (id, original_name, ${file})
     SELECT new, number || ' ' || original_name, ${file} FROM files JOIN copy ON old = id`,
    `INSERT INTO passages SELECT new, ordinal, user_id, start_offset, end_offset, page, headings, text
     FROM passages JOIN copy ON old = file_id`,
    ...(rows[0]?.vectors === null ? [] : [vectors]),
    `INSERT INTO passage_terms SELECT user_id, term, new, part, postings
     FROM passage_terms JOIN copy ON old = file_id`,
    `INSERT INTO indexed_files SELECT new, user_id, language, passages
     FROM indexed_files JOIN copy ON old = file_id`,
    "DROP TABLE copy",
    "VACUUM ANALYZE",
  ]) {
    await pool.query(statement);
  }
}
