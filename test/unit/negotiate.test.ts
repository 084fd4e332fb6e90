import { describe, expect, it } from "vitest";
import { acceptsType, namesType } from "../../src/http/negotiate.ts";

const JSON_TYPE = "application/json";
const EVENTS = "text/event-stream";

describe("an Accept header", () => {
  it("accepts a type by its name, by its family, or by everything, in any case", () => {
    for (const accept of [
      "application/json",
      "APPLICATION/JSON",
      "application/*",
      "*/*",
      "text/html, */*;q=0.1",
      "text/html,application/json;charset=utf-8",
      "application/json ; q=0.5",
    ]) {
      expect(acceptsType(accept, JSON_TYPE), accept).toBe(true);
    }
  });

  it("does not accept what it does not name, or names with a weight of zero", () => {
    for (const accept of ["text/html", "text/*", "image/png, text/html", "application/json;q=0"]) {
      expect(acceptsType(accept, JSON_TYPE), accept).toBe(false);
    }
  });

  it("is matched by its most specific range, wherever that stands", () => {
    expect(acceptsType("*/*, application/json;q=0", JSON_TYPE)).toBe(false);
    expect(acceptsType("application/*;q=0, */*", JSON_TYPE)).toBe(false);
    expect(acceptsType("application/*;q=0, application/json", JSON_TYPE)).toBe(true);
  });

  it("names a type only by its name, so that a library's */* starts no stream", () => {
    expect(namesType("text/event-stream", EVENTS)).toBe(true);
    expect(namesType("application/json, text/event-stream;q=0.9", EVENTS)).toBe(true);
    for (const accept of ["*/*", "text/*", "text/event-stream;q=0", "", "text/event-streams"]) {
      expect(namesType(accept, EVENTS), accept).toBe(false);
    }
  });

  it("with an invalid weight is read as without one", () => {
    expect(acceptsType("application/json;q=high", JSON_TYPE)).toBe(true);
  });
});
