/** Documents in the product's own tables, stored and searched by the product's own code. */
import { startNeon, type LocalNeon } from "../../local/neon.ts";
import { migrate } from "../../local/migrate.ts";
import { startProvider } from "../../local/openai.ts";
import { LOCAL_SENTENCES } from "../../local/provider/embeddings.ts";
import { createModelClient } from "../../src/clients/model.ts";
import { createDb } from "../../src/db/client.ts";
import { type Env, readConfig } from "../../src/env.ts";
import { embedNext, embedQuestion, type EmbedDeps } from "../../src/features/retrieval/embed.ts";
import { findPassages } from "../../src/features/retrieval/find.ts";
import { indexFile } from "../../src/features/retrieval/store.ts";
import { newId } from "../../src/lib/ids.ts";
import { codePointLength } from "../../src/lib/code-points.ts";
import { withStoredVectors } from "./stored-vectors.ts";
import type { Retrieved } from "./score.ts";

export type Library = {
  neon: LocalNeon;
  deps: EmbedDeps;
  userId: string;
  add(name: string, text: string): Promise<string>;
  embed(fileId: string): Promise<void>;
  /** The name of a file by its id. */
  nameOf(fileId: string): string;
  /** Milliseconds of the search alone, and what it found. */
  find(query: string, how: Search): Promise<{ found: Retrieved[]; ms: number }>;
  close(): Promise<void>;
};

export type Search = { fileIds?: string[] | undefined; hybrid: boolean };

/** Calls that may fail for one file: a busy machine is slower than the time limit of a call. */
const MOST_FAILURES = 50;

/** More than the figures need. */
const LIMIT = 60;

/**
 * A database of its own, embedded or on a real server. Vectors come from the provider in the environment,
 * or from the stand-in's sentence model.
 */
export async function openLibrary(postgresUrl?: string): Promise<Library> {
  const neon = await startNeon(postgresUrl ? { postgresUrl } : {});
  await migrate(neon.pool);
  const { deps, provider } = await connect(neon);
  const userId = await addUser(neon);
  const names = new Map<string, string>();
  const nameOf = (fileId: string) => names.get(fileId) ?? "";
  return {
    neon,
    deps,
    userId,
    nameOf,
    add: async (name, text) => {
      const fileId = await addFile(neon, userId, name, text);
      names.set(fileId, name);
      await indexFile(deps, { fileId, ingestionAttempt: 1 });
      return fileId;
    },
    embed: async (fileId) => {
      let failures = 0;
      for (let state = "more"; state !== "done"; failures += state === "failed" ? 1 : 0) {
        if (failures > MOST_FAILURES) throw new Error("the provider of embeddings fails");
        state = await embedNext(deps, { fileId, ingestionAttempt: 1 });
      }
    },
    find: async (query, { fileIds, hybrid }) => {
      const vector = hybrid ? await embedQuestion(deps, userId, query) : undefined;
      const startedAt = performance.now();
      const { passages } = await findPassages(deps.db, userId, {
        query,
        vector,
        fileIds,
        limit: LIMIT,
      });
      const ms = performance.now() - startedAt;
      const found = passages.map(({ fileId, start, end }) => ({
        document: nameOf(fileId),
        start,
        end,
      }));
      return { found, ms };
    },
    close: async () => {
      await provider?.close();
      await neon.close();
    },
  };
}

/** The dependencies of the search, and the stand-in where the environment names no provider. */
async function connect(neon: LocalNeon) {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, EMBEDDING_MODEL } = process.env;
  const { EMBEDDING_BASE_URL, EMBEDDING_API_KEY } = process.env;
  const isReal = [OPENAI_API_KEY, OPENAI_BASE_URL, EMBEDDING_BASE_URL].some(Boolean);
  const provider = isReal ? undefined : await startProvider();
  const vars: unknown = {
    DATABASE_URL: neon.connectionString,
    DATABASE_HTTP_URL: neon.url,
    SECRET_KEY: "a secret of the bench, of at least 32 characters",
    OPENAI_API_KEY: provider?.apiKey ?? OPENAI_API_KEY,
    OPENAI_BASE_URL: provider?.baseUrl ?? OPENAI_BASE_URL,
    EMBEDDING_BASE_URL,
    EMBEDDING_API_KEY,
    EMBEDDING_MODEL: provider ? LOCAL_SENTENCES : EMBEDDING_MODEL,
  };
  const config = readConfig(vars as Env);
  const db = createDb(config);
  const model = withStoredVectors(createModelClient(config));
  return { deps: { config, db, model, clock: Date.now, newId }, provider };
}

async function addUser({ pool }: LocalNeon): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO users (id, name, email, email_key, hashed_password, created_at, updated_at)
     VALUES ($1, 'Bench', $2, $2, '', now(), now())`,
    [id, `${id}@example.com`],
  );
  return id;
}

/** A file after its text was extracted. */
async function addFile(
  { pool }: LocalNeon,
  userId: string,
  name: string,
  text: string,
): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
       processed, created_at, ingestion_attempt)
     VALUES ($1, $2, $3, '', '', 1, 'text/plain', 'ready', true, now(), 1)`,
    [id, userId, name],
  );
  await pool.query("INSERT INTO file_pages VALUES ($1, 0, 1, 0, $2, $3, '[]')", [
    id,
    codePointLength(text),
    text,
  ]);
  return id;
}
