import { describe, expect, it } from "vitest";
import { ApiError } from "../../clients/ts/src/index.ts";
import { UsageError } from "../../terminal/arguments.ts";
import { describeFailure, EXIT, exitCodeOf, NotSignedIn } from "../../terminal/failure.ts";
import { Left } from "../../terminal/input/interrupts.ts";

const URL = "http://localhost:8787";

function problem(status: number, retryAfterMs?: number): ApiError {
  const detail = "You have sent too many requests.";
  return new ApiError({ status, code: "unknown", title: "Title", detail }, retryAfterMs);
}

describe("a failure in the terminal", () => {
  it("is the sentence of the API, and when to try again", () => {
    expect(describeFailure(problem(429), URL)).toBe("You have sent too many requests.");
    expect(describeFailure(problem(429, 11_200), URL)).toMatch(/ Try again in 12 s\.$/);
    expect(describeFailure(problem(503, 600_000), URL)).toMatch(/ Try again in 10 min\.$/);
  });

  it("names the fields that the API refuses", () => {
    const errors = [{ pointer: "/password", code: "too_short", detail: "Too short." }];
    const { problem: body } = problem(422);
    expect(describeFailure(new ApiError({ ...body, errors }), URL)).toContain(
      "\n  /password: Too short.",
    );
  });

  it("has an exit code for scripts", () => {
    const refused = new TypeError("fetch failed", { cause: new Error("refused") });
    const codes = [
      problem(429),
      problem(401),
      problem(404),
      new UsageError("?"),
      new NotSignedIn("?"),
      refused,
      new Left(),
      new TypeError("x is undefined"),
    ].map(exitCodeOf);
    expect(codes).toEqual([
      EXIT.limited,
      EXIT.notSignedIn,
      EXIT.failed,
      EXIT.usage,
      EXIT.notSignedIn,
      EXIT.unreachable,
      EXIT.interrupted,
      EXIT.failed,
    ]);
  });
});
