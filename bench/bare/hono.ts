/** The cost of the same calls to Postgres in a Worker that does nothing else: Hono, Neon's driver, and JSON. */
import { neon, neonConfig } from "@neondatabase/serverless";
import { Hono } from "hono";

type Query = { query: string; params: unknown[] };

type Env = {
  DATABASE_URL: string;
  DATABASE_HTTP_URL: string;
  /** JSON: what the product sent to Postgres, by the number of a route. In parameters `{new}` is a new id. */
  CALLS: string;
};

let known: Map<string, Query[]> | undefined;

const app = new Hono<{ Bindings: Env }>();

app.all("/:number", async (c) => {
  neonConfig.fetchEndpoint = c.env.DATABASE_HTTP_URL;
  known ??= new Map(Object.entries(JSON.parse(c.env.CALLS)));
  const sql = neon(c.env.DATABASE_URL, { arrayMode: true });
  const queries = known.get(c.req.param("number")) ?? [];
  const fresh = crypto.randomUUID();
  const sent = queries.map(({ query, params }) =>
    sql.query(
      query,
      params.map((value) => (value === "{new}" ? fresh : value)),
    ),
  );
  const [only] = sent;
  return c.json(sent.length === 1 ? await only : await sql.transaction(sent));
});

export default app;
