import { describe, expect, it } from "vitest";
import { toJsonLine, toReadableLine } from "../../local/dev/log-lines.ts";

const log = (fields: object, level = "log") => ({ level, message: JSON.stringify(fields) });
const WORK = { trace_id: "78931dc2", span_id: "6acf7707", duration_ms: 12, db_ms: 3, db_calls: 1 };

const DEV = log({
  event: "dev_request",
  method: "POST",
  path: "/chat",
  status: 409,
  duration_ms: 12,
  problem: "turn_in_progress",
});

describe("the terminal of npm run dev", () => {
  it("shows a request with its path, its status and its time, and what was wrong with it", () => {
    expect(toReadableLine(DEV)).toBe("POST /chat 409 12 ms turn_in_progress");
  });

  it("hides the wide events of what goes as it should", () => {
    for (const event of ["request", "job", "alarm", "minute", "mail_sent"]) {
      expect(toReadableLine(log({ event, ...WORK }))).toBeUndefined();
    }
    expect(toReadableLine(log({ event: "turn", outcome: "complete", ...WORK }))).toBeUndefined();
  });

  it("shows failures without ids and times", () => {
    const failed = log({ event: "turn", outcome: "failed", problem: "ai_timeout", ...WORK });
    expect(toReadableLine(failed)).toBe("Turn failed: ai_timeout");
    const job = { event: "job_failed", queue: "indifly-mails", attempt: 1, cause: "TypeError" };
    expect(toReadableLine(log({ ...job, ...WORK }, "error"))).toBe(
      "Error job_failed queue=indifly-mails cause=TypeError",
    );
    const bug = { event: "bug", request_id: "1", name: "TypeError", stack: "    at f (x.ts:1:2)" };
    expect(toReadableLine(log(bug, "error"))).toBe("Error bug name=TypeError\n    at f (x.ts:1:2)");
  });

  it("shows what is wrong with the settings", () => {
    const reasons = "SECRET_KEY: Too small: expected string to have >=32 characters";
    const line = log({ event: "misconfigured", variables: "SECRET_KEY", reasons }, "error");
    expect(toReadableLine(line)).toBe(`Invalid settings: ${reasons}`);
  });

  it.each(["Uncaught Error: no", '{"event":', '{"events":1}', ""])(
    "shows whatever else is logged as it is: %j",
    (message) => {
      expect(toReadableLine({ level: "error", message })).toBe(message);
      expect(toJsonLine({ level: "error", message })).toBe(message);
    },
  );

  it("prints the lines of production with LOG=json, and no others", () => {
    const minute = log({ event: "minute", ...WORK });
    expect(toJsonLine(minute)).toBe(minute.message);
    expect(toJsonLine(DEV)).toBeUndefined();
  });
});
