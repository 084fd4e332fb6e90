/** What a test can inspect of Postgres: the round trips of the Worker, faults to inject, and the rows. */
import { inject } from "vitest";
import type { NeonCall, NeonFault } from "../../local/neon-control.ts";
import type { LocalNeon } from "../../local/neon.ts";

type Row = Record<string, string | null>;

export type DatabaseAccess = Pick<LocalNeon, "url" | "connectionString" | "controlKey">;

export type SeenDatabase = {
  /** The round trips whose SQL or parameters contain a text, such as a test's own user id; oldest first. */
  callsContaining: (text: string) => Promise<NeonCall[]>;
  /** Injects a fault into the next calls that contain a text; returns how to remove it. */
  injectFault: (fault: NeonFault) => Promise<() => Promise<void>>;
  /** Rows of the database, as Postgres' own text. */
  query: (sql: string, params?: unknown[]) => Promise<Row[]>;
};

/** The database behind a local Neon. */
export function databaseAt(neon: DatabaseAccess): SeenDatabase {
  const control = (path: string) => new URL(`/_control/${path}`, neon.url);
  const headers = { authorization: `Bearer ${neon.controlKey}` };
  return {
    callsContaining: async (text) => {
      const url = control("calls");
      url.searchParams.set("contains", text);
      return (await fetch(url, { headers })).json() as Promise<NeonCall[]>;
    },
    injectFault: async (fault) => {
      const id = crypto.randomUUID();
      const body = JSON.stringify(fault);
      await fetch(control(`faults/${id}`), { method: "PUT", headers, body });
      return async () => {
        await fetch(control(`faults/${id}`), { method: "DELETE", headers });
      };
    },
    query: (sql, params = []) => readRows(neon, sql, params),
  };
}

/** The database of all tests. */
export const { callsContaining, injectFault, query } = databaseAt({
  url: inject("neonUrl"),
  connectionString: inject("vars").DATABASE_URL ?? "",
  controlKey: inject("controlKeys").neon,
});

/** Counts the round trips that contain a text during an action. */
export async function countCalls(text: string, happen: () => Promise<unknown>): Promise<number> {
  const before = (await callsContaining(text)).length;
  await happen();
  return (await callsContaining(text)).length - before;
}

async function readRows(
  { url, connectionString }: DatabaseAccess,
  sql: string,
  params: unknown[],
): Promise<Row[]> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "neon-connection-string": connectionString },
    body: JSON.stringify({ query: sql, params }),
  });
  const { fields, rows, message } = (await response.json()) as {
    fields: { name: string }[];
    rows: (string | null)[][];
    message?: string;
  };
  if (!response.ok) throw new Error(message);
  return rows.map((row) => Object.fromEntries(fields.map(({ name }, i) => [name, row[i] ?? null])));
}
