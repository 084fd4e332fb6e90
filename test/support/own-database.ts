/** Databases on a real server, where `LOCAL_POSTGRES_URL` names one. */
import pg from "pg";

type OwnDatabase = { url: string; drop: () => Promise<void> };

/** An empty database of the caller's own; undefined without a real server. */
export async function makeDatabase(): Promise<OwnDatabase | undefined> {
  const serverUrl = process.env.LOCAL_POSTGRES_URL;
  if (!serverUrl) return undefined;
  const name = `test_${crypto.randomUUID().replaceAll("-", "_")}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const drop = () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return { url: url.href, drop };
}

async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
