import { describe, expect, it } from "vitest";
import { checkLogFiles } from "../support/logs/scan.ts";
import { NEW_PASSWORD, PASSWORD, leaksIn } from "../support/logs/secrets.ts";

const clean = {
  event: "request",
  request_id: "01a22733-9caf-77aa-9d94-03201e35be55",
  method: "GET",
  route: "/chats/{id}/messages",
  status: 200,
  user_id: "01a22733-9f93-755b-a046-a1c1d346f1ca",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  span_id: "b7ad6b7169203331",
  duration_ms: 12,
};
const CLEAN = JSON.stringify(clean);
const withField = (value: string) => JSON.stringify({ ...clean, value });

const BASE64 = "Zm9vYmFyYmF6cXV1eGNvcmdlZ3JhdWx0Z2FycGx5d2FsZG8";

/** One of each kind. */
const LEAKS: [string, string][] = [
  ["a password", PASSWORD],
  ["a new password", NEW_PASSWORD],
  ["an access token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
  ["a refresh token", BASE64.repeat(2)],
  ["a challenge or a code", BASE64],
  ["an API key", `ifk_${"0aZ".repeat(16)}1`],
  ["a header", "Bearer abc.def"],
  ["a cookie", "access_token=abc"],
  ["a device", "device=01a22733"],
  ["the link of a mail", `http://localhost:3000/#reset_password=${BASE64}`],
  ["a signed URL", "http://s3.example/files/1?X-Amz-Signature=ab12"],
  ["an app's secret", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"],
  ["a stored hash", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"],
  ["an address", "ada@example.com"],
  ["a message", "The tenant has paid."],
  ["a message of the tests", "marker-01a22733-9caf-77aa-9d94-03201e35be55"],
];

describe("a line of a Worker's log", () => {
  it("with names, ids and numbers holds no secret", () => {
    expect(leaksIn(CLEAN)).toEqual([]);
    expect(leaksIn(JSON.stringify({ event: "bug", stack: "  at f (index.js:1:2)" }))).toEqual([]);
    expect(leaksIn("kj/async-io-unix.c++:186: error: connection reset")).toEqual([]);
  });

  it.each(LEAKS)("with %s is found", (_what, value) => {
    expect(leaksIn(withField(value))).not.toEqual([]);
  });

  it("that is no JSON is searched for the same, but for sentences", () => {
    for (const [, value] of LEAKS.filter(([what]) => what !== "a message")) {
      expect(leaksIn(`uncaught exception; exception = ${value}`), value).not.toEqual([]);
    }
  });

  it("with a secret of the run is found", () => {
    expect(leaksIn(withField("postgres"), ["postgres"])).not.toEqual([]);
  });
});

describe("the scan at the end of a run", () => {
  const file = (...lines: string[]) => ({ path: "worker.log", lines });

  it("passes when the Workers have logged requests, and no secret", () => {
    expect(() => checkLogFiles([file(CLEAN), file(CLEAN), file()])).not.toThrow();
  });

  it("fails when a line of any Worker holds a secret", () => {
    const files = [file(CLEAN), file(CLEAN), file(withField(PASSWORD))];
    expect(() => checkLogFiles(files)).toThrow("1 log lines");
  });

  it("fails when a line has another form than its event", () => {
    const { span_id: _, ...without } = clean;
    const unknown = { event: "quokka_fed" };
    const faults = [withField("short"), JSON.stringify(without), JSON.stringify(unknown)];
    for (const line of [...faults, JSON.stringify({ ...clean, route: "/chats/Lease" })]) {
      const files = [file(CLEAN), file(CLEAN), file(line)];
      expect(() => checkLogFiles(files), line).toThrow("have not the form of their event");
    }
  });

  it("passes where the last line of a killed Worker is cut off", () => {
    expect(() => checkLogFiles([file(CLEAN), file(CLEAN, CLEAN.slice(0, 40))])).not.toThrow();
  });

  it("fails when the log of a Worker was not collected", () => {
    expect(() => checkLogFiles([])).toThrow("the log is not collected");
    expect(() => checkLogFiles([file(CLEAN), file()])).toThrow("the log is not collected");
    expect(() => checkLogFiles([file(CLEAN), file("ready")])).toThrow("the log is not collected");
  });
});
