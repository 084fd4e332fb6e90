/** Problems as text, for clients that show a person the body of a failed response as it is. */
import type { MiddlewareHandler } from "hono";
import { namesType } from "./negotiate.ts";
import type { App } from "./router.ts";

const PROBLEM_TYPE = "application/problem+json";

/** The header that names the problem, for programs. */
const PROBLEM_CODE_HEADER = "x-problem-code";

/** Replaces a problem's document by its sentence, unless `Accept` names JSON or problems themselves. */
export const readableProblems: MiddlewareHandler<App> = async function readableProblems(c, next) {
  await next();
  const accept = c.req.header("accept");
  const isJsonWanted = namesType(accept, PROBLEM_TYPE) || namesType(accept, "application/json");
  if (isJsonWanted || c.res.headers.get("content-type") !== PROBLEM_TYPE) return;
  const { code, detail, errors } = await c.res.json<ProblemBody>();
  const headers = new Headers(c.res.headers);
  headers.set("content-type", "text/plain; charset=utf-8");
  headers.set(PROBLEM_CODE_HEADER, code);
  const { status } = c.res;
  c.res = undefined;
  c.res = new Response(errors?.[0]?.detail ?? detail, { status, headers });
};

type ProblemBody = { code: string; detail: string; errors?: { detail: string }[] };
