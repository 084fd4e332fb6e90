import { sql } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { expect, expectTypeOf, inject, it } from "vitest";
import { createDb, readOne } from "../../src/db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../src/db/columns.ts";
import { files } from "../../src/db/schema-documents.ts";
import { aiUsage, chats, type messages } from "../../src/db/schema.ts";

const { DATABASE_URL = "", DATABASE_HTTP_URL = "" } = inject("vars");
const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });

const textOf = (list: ReturnType<typeof sql>) => new PgDialect().sqlToQuery(list);

it("lists columns by their Postgres names, with the alias, in the requested order", () => {
  const list = columnsSql(chats, "c", ["pinned", "userId", "createdAt"]);
  expect(textOf(list)).toMatchObject({ sql: "c.pinned, c.user_id, c.created_at", params: [] });
  expectTypeOf<RowOfList<typeof list>>().toEqualTypeOf<{
    pinned: boolean;
    user_id: string | null;
    created_at: string;
  }>();
});

it("takes the types of values, enums and JSON from the schema", () => {
  expectTypeOf<
    RowOf<typeof messages, "type" | "metadata" | "fileIds" | "parentId">
  >().toEqualTypeOf<{
    type: "user" | "bot";
    metadata: Record<string, unknown>;
    file_ids: string[];
    parent_id: string | null;
  }>();
});

it("rejects a column that the schema does not have", () => {
  // @ts-expect-error -- Named as in Postgres, it is no key of the schema.
  expect(() => columnsSql(chats, "c", ["user_id"])).toThrow("The table has no column user_id.");
});

it("matches the types that a raw statement returns: times, numeric and int8 as text", async () => {
  const usage = columnsSql(aiUsage, "u", [
    "id",
    "costEstimate",
    "attempt",
    "estimated",
    "createdAt",
  ]);
  const file = columnsSql(files, "f", ["fileSize", "embedDueAt"]);
  type Row = RowOfList<typeof usage> & RowOfList<typeof file>;
  const id = crypto.randomUUID();
  const row = await readOne(
    db,
    sql<Row>`
      SELECT ${usage}, ${file} FROM
        (VALUES (${id}::uuid, 0.000000000001::numeric(20, 12), 3, true, '2026-11-29 05:00Z'::timestamptz))
          AS u (id, cost_estimate, attempt, estimated, created_at),
        (VALUES (5::bigint, NULL::timestamptz)) AS f (file_size, embed_due_at)`,
  );
  expect(row).toEqual({
    id,
    cost_estimate: "0.000000000001",
    attempt: 3,
    estimated: true,
    created_at: expect.stringContaining("2026-11-29 05:00:00"),
    file_size: "5",
    embed_due_at: null,
  });
  expectTypeOf<
    Pick<Row, "cost_estimate" | "attempt" | "file_size" | "embed_due_at">
  >().toEqualTypeOf<{
    cost_estimate: string | null;
    attempt: number;
    file_size: string;
    embed_due_at: string | null;
  }>();
});
