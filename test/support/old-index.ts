/** Files whose index older code made, and everything that is stored of an index. */
import { createDb } from "../../src/db/client.ts";
import { findPassages } from "../../src/features/retrieval/find.ts";
import { INDEX_VERSION } from "../../src/features/retrieval/indexing/index-version.ts";
import { indexFile } from "../../src/features/retrieval/store.ts";
import { codePointLength } from "../../src/lib/code-points.ts";
import type { SignedIn } from "./client.ts";
import type { SeenDatabase } from "./postgres.ts";
import { until } from "./until.ts";

/** More passages than a part of the index has: each of these clauses is one. */
export const LONG = Array.from(
  { length: 230 },
  (_, index) =>
    `${index + 1}. The tenant pays the deposit, ${"and it is held, ".repeat(24)}in escrow.`,
).join("\n\n");

export const SHORT = "1. The tenant pays the deposit.\n\n2. The landlord repairs the roof.";

/** Words of an index that older code made have this prefix, as if they had been cut otherwise. */
export const OLD = "old";

type DatabaseVars = { DATABASE_URL: string; DATABASE_HTTP_URL: string };

type Row = Record<string, string | null>;

type Stored = {
  state: string[];
  language: string | null;
  passages: string[];
  terms: string[];
};

/** The indexes of one user's files in a database. */
export class Indexes {
  readonly #query: SeenDatabase["query"];
  readonly #of: SignedIn;
  readonly #deps: Parameters<typeof indexFile>[0];

  constructor({ query }: Pick<SeenDatabase, "query">, vars: DatabaseVars, of: SignedIn) {
    this.#query = query;
    this.#of = of;
    this.#deps = { db: createDb(vars), clock: Date.now };
  }

  /** Indexes a file as its job does; with `endsAt` 0, one step of it. */
  again(fileId: string, endsAt?: number) {
    return indexFile(this.#deps, { fileId, ingestionAttempt: 1 }, endsAt);
  }

  /** A ready file that no cron embeds. */
  async newFile(text: string): Promise<string> {
    const id = crypto.randomUUID();
    await this.#query(
      `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, processed,
         created_at, ingestion_attempt, embed_due_at)
       VALUES ($1::uuid, $2, 'lease.txt', 'files/' || $1, '/files/' || $1 || '/content', 1, 'text/plain', 'ready', true,
         now(), 1, 'infinity')`,
      [id, this.#of.user.id],
    );
    await this.#query(
      "INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text) VALUES ($1, 0, 1, 0, $2, $3)",
      [id, codePointLength(text), text],
    );
    if ((await this.again(id)) !== "done") throw new Error("The file was not indexed.");
    return id;
  }

  /** Makes an index look as if older code had made it. */
  async makeOld(id: string): Promise<void> {
    await this.#query(
      "UPDATE indexed_files SET index_version = 0, build_due_at = now() - interval '1 second' WHERE file_id = $1",
      [id],
    );
    await this.#query(`UPDATE passage_terms SET term = '${OLD}' || term WHERE file_id = $1`, [id]);
  }

  async oldFile(text = SHORT): Promise<string> {
    const id = await this.newFile(text);
    await this.makeOld(id);
    return id;
  }

  /** The passages that a question finds in a file. */
  async find(
    fileId: string,
    question: string,
    more: { limit?: number; mostReferred?: number } = {},
  ) {
    const search = { query: question, fileIds: [fileId], limit: 1_000, ...more };
    return (await findPassages(this.#deps.db, this.#of.user.id, search)).passages;
  }

  async count(fileId: string, question: string): Promise<number> {
    return (await this.find(fileId, question)).length;
  }

  async state(fileId: string): Promise<Row | undefined> {
    const [row] = await this.#query(
      `SELECT index_version, build_version, build_failures AS failures,
         round(extract(epoch FROM build_due_at - now()) / 60) AS minutes FROM indexed_files WHERE file_id = $1`,
      [fileId],
    );
    return row;
  }

  /** All rows of a file's index, in whatever slot they are. */
  async rowsOf(fileId: string): Promise<Stored> {
    const list = async (statement: string) =>
      (await this.#query(statement, [fileId])).map(({ it }) => it ?? "");
    const [language = null] = await list("SELECT language AS it FROM files WHERE id = $1");
    return {
      state: await list(
        "SELECT index_version || '/' || coalesce(build_version, -1) AS it FROM indexed_files WHERE file_id = $1",
      ),
      language,
      passages: await list(
        "SELECT start_offset || '-' || end_offset AS it FROM passages WHERE file_id = $1 ORDER BY start_offset",
      ),
      terms: await list(
        "SELECT term || cardinality(postings) AS it FROM passage_terms WHERE file_id = $1 ORDER BY 1",
      ),
    };
  }

  /** All rows of the index of a new file with the same text. */
  async rowsOfNew(text: string): Promise<Stored> {
    return this.rowsOf(await this.newFile(text));
  }

  /** Waits until the index is of the current version, and nothing is left of an old one. */
  async isCurrent(fileId: string): Promise<void> {
    await until(async () => {
      const state = await this.state(fileId);
      return state?.index_version === String(INDEX_VERSION) && state.build_version === null;
    });
  }
}
