/** The cost of the same calls to Postgres in a Worker that does nothing else: Hono, the same client of Postgres, and JSON. */
import { Hono } from "hono";
import { createNeonClient } from "../../src/db/neon-http.ts";

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
  known ??= new Map(Object.entries(JSON.parse(c.env.CALLS)));
  const client = createNeonClient(c.env.DATABASE_URL, c.env.DATABASE_HTTP_URL);
  const queries = known.get(c.req.param("number")) ?? [];
  const fresh = crypto.randomUUID();
  const sent = queries.map(({ query, params }) =>
    client.query(
      query,
      params.map((value) => (value === "{new}" ? fresh : value)),
      { arrayMode: true },
    ),
  );
  const [only] = sent;
  const results = sent.length === 1 ? [await only] : await client.transaction(sent);
  return c.json(results.map((result) => result?.rows));
});

export default app;
