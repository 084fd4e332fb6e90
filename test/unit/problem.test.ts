import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderProblem, toProblem } from "../../src/http/problem-response.ts";
import type { App } from "../../src/http/router.ts";
import { catalogue, invalidField, Problem, problemType } from "../../src/lib/problem.ts";

const entries = Object.entries(catalogue);

/** The statuses of the contract, and those of a slow body and of plain http. */
const STATUSES = new Set([
  400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 421, 422, 426, 429, 431, 500, 502,
  503, 504,
]);

/** As the driver throws it: its message quotes the statement, and drizzle's its parameters too. */
function databaseError(code: string | undefined): Error {
  const cause = Object.assign(new Error("duplicate key (email)=(ada@example.com)"), {
    name: "NeonDbError",
    constraint: "users_email_key",
    ...(code && { code }),
  });
  return new Error("Failed query: INSERT INTO users ... params: ada@example.com", { cause });
}

describe("the catalogue", () => {
  it("has a stable code, a title and a sentence for each problem", () => {
    for (const [code, { status, title, detail }] of entries) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(STATUSES, code).toContain(status);
      expect(title, code).toMatch(/^[A-Z].*[^.]$/);
      expect(detail, code).toMatch(/^[A-Z`].*\.$/);
    }
  });

  it("has no number in texts for people: the frontend looks there for statuses", () => {
    for (const [code, { title, detail }] of entries)
      expect(title + detail, code).not.toMatch(/\d\d/);
  });

  it("has one URL for each problem", () => {
    const types = entries.map(([code]) => problemType(code as keyof typeof catalogue));
    expect(new Set(types).size).toBe(entries.length);
  });
});

describe("a thrown value", () => {
  it("is the problem that it names", () => {
    const problem = invalidField("/title", "blank", "This may not be empty.");
    expect(toProblem(problem)).toBe(problem);
    expect(problem).toMatchObject({ code: "validation_failed", status: 422 });
  });

  it("means that Postgres cannot be reached, when it is the driver's without a code, or with that code", () => {
    for (const code of [undefined, "08006", "53300", "57P01"]) {
      expect(toProblem(databaseError(code)).code, code).toBe("database_unavailable");
    }
  });

  it("is a bug when it is an error of a statement, or anything else", () => {
    for (const thrown of [
      databaseError("23505"),
      databaseError("42P01"),
      new TypeError(),
      "text",
    ]) {
      expect(toProblem(thrown).code).toBe("internal_error");
    }
  });

  it("is a refusal when the framework refused", () => {
    const codes = [400, 404, 413, 415, 500] as const;
    expect(codes.map((status) => toProblem(new HTTPException(status)).code)).toEqual([
      "malformed_request",
      "malformed_request",
      "body_too_large",
      "unsupported_media_type",
      "internal_error",
    ]);
  });
});

describe("a bug", () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    vi.spyOn(console, "error").mockImplementation((line: string) => lines.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  async function answerTo(thrown: Error): Promise<{ status: number; text: string }> {
    const app = new Hono<App>().onError(renderProblem);
    app.use(async (c, next) => {
      c.set("requestId", "the-request");
      await next();
    });
    app.get("/", () => {
      throw thrown;
    });
    const response = await app.request("/");
    return { status: response.status, text: await response.text() };
  }

  it("reaches the client as a request id alone", async () => {
    const { status, text } = await answerTo(new Error("the secret plan"));
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({
      code: "internal_error",
      request_id: "the-request",
      instance: "/",
    });
    expect(text).not.toMatch(/secret|stack|at /);
    expect(lines.join()).toContain("the-request");
  });

  it("of a statement is logged by its code and constraint, never by its text or values", async () => {
    const { text } = await answerTo(databaseError("23505"));
    expect(lines).toHaveLength(1);
    expect(lines.join()).toContain('"database_code":"23505","constraint":"users_email_key"');
    expect(lines.join() + text).not.toMatch(/ada@|INSERT|duplicate/);
  });

  it("is not reported for a problem, whose headers are kept and whose cause is not", async () => {
    const cause = new Error("the upstream says: key sk-123");
    const { status, text } = await answerTo(new Problem("ai_overloaded", { cause }));
    expect(status).toBe(503);
    expect(text).not.toContain("upstream");
    expect(lines).toEqual([]);
  });
});
