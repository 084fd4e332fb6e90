import { beforeAll, describe, expect, inject, it } from "vitest";
import { createModelClient } from "../../../src/clients/model.ts";
import { createDb } from "../../../src/db/client.ts";
import { readConfig, type Env } from "../../../src/env.ts";
import {
  embedNext,
  embedQuestion,
  embedQuestions,
  type EmbedDeps,
} from "../../../src/features/retrieval/embed.ts";
import { findPassages, findPassagesOfEach } from "../../../src/features/retrieval/find.ts";
import { indexFile } from "../../../src/features/retrieval/store.ts";
import { newId } from "../../../src/lib/ids.ts";
import { codePointLength } from "../../../src/lib/code-points.ts";
import { signUp } from "../../support/client.ts";
import { countCalls, query } from "../../support/postgres.ts";

const vars: unknown = inject("vars");
const config = readConfig(vars as Env);
const db = createDb(config);
const deps: EmbedDeps = {
  config,
  db,
  model: createModelClient(config),
  clock: Date.now,
  newId,
};

const LEASE = `LEASE AGREEMENT

This Lease is made between Harbour Estates Ltd. ("Landlord") and Quill Press Inc. ("Tenant").

1. Rent. The Tenant shall pay a monthly rent of 2,000 euros on the first day of each month.

2. Repairs. The Landlord keeps the roof and the walls in good order. The Tenant keeps the inside clean.

3. Miscellaneous. This Lease shall be construed in accordance with the laws of the Republic of Ireland.
`;

const LOAN = `LOAN AGREEMENT

This Loan Agreement is made between Alder Bank plc ("Lender") and Quill Press Inc. ("Borrower").

1. Interest. Interest accrues at five per cent a year.

2. Miscellaneous. This Agreement shall be governed by the laws of England and Wales.
`;

const MIETE = `MIETVERTRAG

§ 1 Mietsache. Der Vermieter vermietet dem Mieter die Wohnung im zweiten Stock.

§ 2 Kündigung. Die Kündigung ist nur mit einer Frist von drei Monaten zulässig und muss schriftlich erklärt werden.
`;

/**
 * A file whose text was extracted, before its passages are made. It is never due to be embedded, whatever cron
 * another test runs.
 */
async function readFile(userId: string, name: string, text: string): Promise<string> {
  const id = newId();
  await query(
    `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
       processed, created_at, ingestion_attempt, embed_due_at)
     VALUES ($1, $2, $4, 'files/' || $3::text, '/files/' || $3::text || '/content', 1, 'text/plain', 'ready', true,
       now(), 1, 'infinity')`,
    [id, userId, id, name],
  );
  const length = codePointLength(text);
  await query("INSERT INTO file_pages VALUES ($1, 0, 1, 0, $2, $3, '[]')", [id, length, text]);
  return id;
}

async function addFile(userId: string, name: string, text: string): Promise<string> {
  const fileId = await readFile(userId, name, text);
  await indexFile(deps, { fileId, ingestionAttempt: 1 });
  return fileId;
}

async function countOf(table: string, fileId: string): Promise<number> {
  const [row] = await query(`SELECT count(*) AS n FROM ${table} WHERE file_id = $1`, [fileId]);
  return Number(row?.n);
}

describe("a library of documents", () => {
  let userId: string;
  let lease: string;
  let loan: string;
  let miete: string;
  beforeAll(async () => {
    userId = (await signUp()).user.id;
    lease = await addFile(userId, "lease.txt", LEASE);
    loan = await addFile(userId, "loan.txt", LOAN);
    miete = await addFile(userId, "miete.txt", MIETE);
  });

  it("finds a clause of the document that the question names", async () => {
    const search = {
      query: "The lease of Harbour Estates; under which laws is it construed?",
      limit: 3,
    };
    const { passages, mode } = await findPassages(db, userId, search);
    expect(mode).toBe("lexical");
    expect(passages[0]).toMatchObject({ fileId: lease, fileName: "lease.txt", page: 1 });
    expect(passages[0]?.text).toContain("Republic of Ireland");
    expect(passages[0]?.headings.at(-1)).toBe("3. Miscellaneous");
  });

  it("does not search for the words that only name the document", async () => {
    const query =
      "Consider the Lease between Harbour Estates Ltd. as Landlord and Quill Press Inc. as Tenant; what is kept in order?";
    const { passages } = await findPassages(db, userId, { query, limit: 1 });
    expect(passages[0]).toMatchObject({ fileId: lease });
    expect(passages[0]?.text).toContain("the roof and the walls in good order");
  });

  it("returns passages that stand in the text at their offsets", async () => {
    const { passages } = await findPassages(db, userId, {
      query: "rent repairs interest",
      limit: 20,
    });
    expect(passages.length).toBeGreaterThan(2);
    for (const { fileId, start, end, text } of passages) {
      const whole = { [lease]: LEASE, [loan]: LOAN, [miete]: MIETE }[fileId] ?? "";
      expect(Array.from(whole).slice(start, end).join("")).toBe(text);
    }
  });

  it("searches only the named files", async () => {
    const of = { query: "Which laws govern it?", limit: 10 };
    const only = await findPassages(db, userId, { ...of, fileIds: [loan] });
    expect(only.passages.length).toBeGreaterThan(0);
    expect(new Set(only.passages.map(({ fileId }) => fileId))).toEqual(new Set([loan]));
    expect(await findPassages(db, userId, { ...of, fileIds: [] })).toMatchObject({ passages: [] });
  });

  it("finds a document in another language by that language's word stems", async () => {
    const { passages } = await findPassages(db, userId, {
      query: "Fristen der Kündigungen?",
      limit: 1,
    });
    expect(passages[0]?.fileId).toBe(miete);
    expect(passages[0]?.text).toContain("drei Monaten");
    const rows = await query("SELECT language FROM files WHERE id = $1", [miete]);
    expect(rows).toEqual([{ language: "german" }]);
  });

  const ASKED: [string, boolean][] = [
    ["Who keeps the roof in good order?", true],
    ["Fristen der Kündigungen?", true],
    ["What does clause 2 say?", true],
    ["Which vaccination does the dog need before boarding?", false],
    ["Wie viele Monde hat der Jupiter?", false],
    ["?!", false],
  ];
  it.each(ASKED)(
    "decides whether anything speaks of the question: %s",
    async (text, isRelevant) => {
      expect(await findPassages(db, userId, { query: text, limit: 5 })).toMatchObject({
        isRelevant,
      });
      const vector = await embedQuestion(deps, userId, text);
      const search = { query: text, limit: 5, vector, fileIds: [lease, loan, miete] };
      expect(await findPassages(db, userId, search)).toMatchObject({ isRelevant });
    },
  );

  it("finds the same for several questions in one trip, with and without vectors", async () => {
    const texts = ["monthly rent", "interest a year", "no such words"];
    for (const vectors of [[], await embedQuestions(deps, userId, texts)]) {
      const searches = texts.map((text, index) => ({
        query: text,
        vector: vectors[index],
        fileIds: [lease, loan],
        limit: 3,
      }));
      const each: unknown[] = [];
      for (const search of searches) each.push(await findPassages(db, userId, search));
      const calls = await countCalls(lease, async () => {
        expect(await findPassagesOfEach(db, userId, searches)).toEqual(each);
      });
      expect(calls).toBe(1);
    }
  });

  it("never shows a passage to another user, whatever ids they send", async () => {
    const stranger = (await signUp()).user.id;
    const vector = await embedQuestion(deps, stranger, "rent");
    for (const fileIds of [undefined, [lease, loan], [lease, "' OR true --", "x"]]) {
      for (const given of [undefined, vector]) {
        const search = { query: "rent governing law", limit: 50, fileIds, vector: given };
        expect((await findPassages(db, stranger, search)).passages).toEqual([]);
        const [each] = await findPassagesOfEach(db, stranger, [search]);
        expect(each).toMatchObject({ passages: [], isRelevant: false });
      }
    }
  });

  it("accepts any text as a question", async () => {
    for (const text of [
      "",
      "?!",
      "' | & ! :* <-> (",
      "a\\",
      "🙂",
      "x".repeat(32_000),
      "\u202e:::;",
    ]) {
      await expect(findPassages(db, userId, { query: text, limit: 5 })).resolves.toBeDefined();
    }
  });
});

it("A file indexed twice, even concurrently, has each passage once", async () => {
  const userId = (await signUp()).user.id;
  const fileId = await readFile(userId, "lease.txt", LEASE);
  await Promise.all([1, 2, 3].map(async () => indexFile(deps, { fileId, ingestionAttempt: 1 })));
  const once = await addFile(userId, "again.txt", LEASE);
  expect(await countOf("passages", fileId)).toBe(await countOf("passages", once));
  expect(await countOf("indexed_files", fileId)).toBe(1);
});

it("A late worker changes nothing", async () => {
  const userId = (await signUp()).user.id;
  const fileId = await readFile(userId, "lease.txt", LEASE);
  await query("UPDATE files SET ingestion_attempt = 2 WHERE id = $1", [fileId]);
  await indexFile(deps, { fileId, ingestionAttempt: 1 });
  expect(await countOf("passages", fileId)).toBe(0);
  await indexFile(deps, { fileId, ingestionAttempt: 2 });
  expect(await embedNext(deps, { fileId, ingestionAttempt: 1 })).toBe("done");
  expect(await countOf("passages", fileId)).toBeGreaterThan(0);
});

it("Deleting a file deletes its passages and their terms", async () => {
  const userId = (await signUp()).user.id;
  const fileId = await addFile(userId, "lease.txt", LEASE);
  await query("DELETE FROM files WHERE id = $1", [fileId]);
  for (const table of ["passages", "passage_terms", "indexed_files"]) {
    expect(await countOf(table, fileId)).toBe(0);
  }
});

it("The search is hybrid with vectors, each billed once, and lexical without an embedding model", async () => {
  const userId = (await signUp()).user.id;
  const fileId = await addFile(userId, "lease.txt", LEASE);
  while ((await embedNext(deps, { fileId, ingestionAttempt: 1 })) === "more");
  const vector = await embedQuestion(deps, userId, "Who repairs the roof?");
  const search = { query: "Who repairs the roof?", vector, limit: 2 };
  const { passages, mode } = await findPassages(db, userId, search);
  expect(passages[0]?.text).toContain("roof");
  const [support] = await query("SELECT to_regclass('passage_vectors') AS it");
  expect(mode).toBe(support?.it === null ? "lexical" : "hybrid");
  if (support?.it === null) return;
  expect(await countOf("passage_vectors", fileId)).toBe(await countOf("passages", fileId));
  const spent = await query(
    "SELECT model_name, count(*) AS n FROM ai_usage WHERE user_id = $1 AND service_type = 'embedding' GROUP BY 1",
    [userId],
  );
  expect(spent).toMatchObject([{ model_name: "text-embedding-3-small" }]);
  const off = { ...deps, config: { ...config, EMBEDDING_MODEL: "none" } };
  expect(await embedQuestion(off, userId, "rent")).toBeUndefined();
  expect(await embedNext(off, { fileId, ingestionAttempt: 1 })).toBe("done");
});
