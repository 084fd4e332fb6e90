/**
 * The growth part of `npm run bench`: how much longer every list takes with 100,000 rows than with 100. The lists of an
 * account are those of two accounts of one database, those of administrators are of two databases.
 */
import pg from "pg";
import { call, now } from "../client.ts";
import { fillAccount, fillAccounts, type Filled } from "../growth/fill.ts";
import { ADMIN_LISTS, type List, OWN_LISTS } from "../growth/lists.ts";
import { onStop, startPostgres, startScript } from "../processes.ts";
import { type Product, signUp, startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { quantile } from "../streams.ts";

const FEW = 100;
const MANY = 100_000;
const ROUNDS = 50;
const WARM_UP_ROUNDS = 5;

/** The promise: at the median. */
const MOST = 1.5;

type Account = { url: string; headers: Record<string, string>; filled: Filled };

/** One line per list; none without a real Postgres, as the embedded one has other costs. */
export async function measureGrowth(): Promise<Line[]> {
  const server = await startPostgres();
  if (!server) return [];
  const [small, large] = await Promise.all([FEW, MANY].map((size) => startFilled(server, size)));
  if (!small || !large) return [];
  const few = await addAccount(large, FEW);
  for (const { pool } of [small, large]) await pool.query("VACUUM ANALYZE");
  const own = await compareAll(OWN_LISTS, few, large.account);
  return [...own, ...(await compareAll(ADMIN_LISTS, small.account, large.account))];
}

type World = { product: Product; pool: pg.Pool; account: Account };

/** A database of its own with the Worker in front, and an administrator with so many rows beside so many accounts. */
async function startFilled(server: string, size: number): Promise<World> {
  const url = await createDatabase(server, `rows_${size}`);
  const pool = new pg.Pool({ connectionString: url });
  onStop(() => pool.end());
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts", url);
  const provider = await startScript<{ url: string }>("provider.ts");
  const product = await startProduct(varsOf(neon, provider));
  const [account] = await Promise.all([
    addAccount({ product, pool }, size, product.headers),
    fillAccounts(pool, size),
  ]);
  await pool.query("UPDATE users SET role = 'admin' WHERE email = 'bench@example.com'");
  return { product, pool, account };
}

async function createDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

/** Fills the account of the headers, or a new one. */
async function addAccount(
  { product: { url }, pool }: Pick<World, "product" | "pool">,
  size: number,
  known?: Record<string, string>,
): Promise<Account> {
  const headers = known ?? (await signUp(url, `beside.${size}@example.com`));
  const { id } = JSON.parse(await call("GET", `${url}/users/me`, headers));
  return { url, headers, filled: await fillAccount(pool, id, size) };
}

async function compareAll(lists: readonly List[], few: Account, many: Account): Promise<Line[]> {
  const lines: Line[] = [];
  for (const list of lists) {
    const [fewMs, manyMs] = await compare(list, [few, many]);
    lines.push({
      what: `${list.name}, ${MANY.toLocaleString("en")} rows, ms`,
      ours: manyMs,
      beside: fewMs,
      of: `with ${FEW} rows`,
      ...(!list.findsMore && { atMost: MOST }),
    });
  }
  return lines;
}

/** The medians, in turn, so that noise affects both. */
async function compare({ path }: List, accounts: [Account, Account]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [index, { url, headers, filled }] of accounts.entries()) {
      const startedAt = now();
      const response = await call("GET", url + path(filled), headers);
      if (round < 0) requireList(path(filled), response);
      else times[index]?.push(now() - startedAt);
    }
  }
  return [quantile(times[0], 0.5), quantile(times[1], 0.5)];
}

/** A response that is a problem (RFC 9457) would be measured as a fast list. */
function requireList(path: string, response: string): void {
  if (typeof JSON.parse(response).status === "number") throw new Error(`${path}: ${response}`);
}
