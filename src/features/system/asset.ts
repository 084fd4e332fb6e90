/** Files of the assets binding: see `[assets]` in `wrangler.toml`. */
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";

/** Throws `route_not_found` where there is no such file. */
export async function findAsset(c: Context<App>, path: string): Promise<Response> {
  const known = c.req.header("if-none-match");
  const init = known === undefined ? {} : { headers: { "if-none-match": known } };
  const found = await c.env.ASSETS.fetch(new URL(path, c.req.url), init);
  if (found.ok || found.status === 304) return found;
  throw new Problem("route_not_found");
}

/** The response with other headers. */
export function withHeaders(found: Response, more: Record<string, string>): Response {
  const headers = new Headers(found.headers);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return new Response(found.body, { status: found.status, headers });
}
