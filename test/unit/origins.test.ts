import { describe, expect, it } from "vitest";
import { isListedOrigin, isOriginRule } from "../../src/lib/origins.ts";

const list = ["https://app.example", "http://localhost:*", "http://[::1]:*"];

describe("an origin", () => {
  it.each([
    "https://app.example",
    "http://localhost",
    "http://localhost:1",
    "http://localhost:65535",
    "http://[::1]",
    "http://[::1]:5173",
  ])("%s is listed", (origin) => {
    expect(isListedOrigin(origin, list)).toBe(true);
  });

  it.each([
    "null",
    "",
    "https://app.example:8443",
    "https://localhost:3000",
    "http://localhost:*",
    "http://localhost:",
    "http://localhost:123456",
    "http://localhost:3000.evil.example",
    "http://localhost:3000@evil.example",
    "http://localhost.evil.example:3000",
    "http://evil.example/http://localhost:3000",
    "http://localhost:3000/",
    "HTTP://LOCALHOST:3000",
    "http://127.0.0.1:3000",
    "http://[::1",
    "http://[::2]:5173",
  ])("%s is not listed", (origin) => {
    expect(isListedOrigin(origin, list)).toBe(false);
  });
});

describe("a rule", () => {
  it("takes a * only for the port", () => {
    expect(["https://a.example", "http://localhost:*"].every(isOriginRule)).toBe(true);
    for (const rule of ["*", "https://*.example", "http://*:*", "http://localhost:3*"]) {
      expect(isOriginRule(rule), rule).toBe(false);
    }
  });
});
