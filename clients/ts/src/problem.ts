/** What the API responds with where a call fails (RFC 9457). */
import type { components } from "./schema.ts";

type Problem = components["schemas"]["Problem"];

/** What the server says; of a response that is none of its own, `code` is "unknown". */
export type ProblemBody = Partial<Omit<Problem, "code">> &
  Pick<Problem, "status" | "title" | "detail"> & { code: Problem["code"] | "unknown" };

/** A response that is no success. `code` is stable; see docs/errors.md. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: ProblemBody["code"];
  readonly problem: ProblemBody;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: ProblemBody, retryAfterMs?: number) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error of a response, whatever a proxy on the way has made of it. */
export async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  return new ApiError(parse(text, response), retryAfterOf(response));
}

function parse(text: string, { status, statusText }: Response): ProblemBody {
  const detail = `The server responded with the status ${status}.`;
  const unknown = { status, code: "unknown" as const, title: statusText, detail };
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" ? { ...unknown, ...body } : unknown;
  } catch {
    return unknown;
  }
}

/** In seconds, or a date. */
function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get("retry-after");
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
