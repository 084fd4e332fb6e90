import { z } from "@hono/zod-openapi";
import { expect, it } from "vitest";
import { toFieldErrors } from "../../src/http/field-errors.ts";
import { text } from "../../src/http/fields.ts";

/** The errors of a body: pointer, code and sentence. */
function faults(schema: z.ZodType, body: unknown, target = "json"): string[] {
  const { error } = schema.safeParse(body);
  const errors = (error?.issues ?? []).flatMap((issue) => toFieldErrors(issue, target));
  return errors.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`);
}

it("A field that is missing or of another type is described in a sentence", () => {
  const schema = z.object({
    a: z.string(),
    b: z.int(),
    c: z.boolean(),
    d: z.array(z.string()),
    e: z.record(z.string(), z.string()),
    f: z.string(),
  });
  expect(faults(schema, { a: 1, b: "x", c: 0, d: {}, e: [] })).toEqual([
    "/a invalid_type: This must be a text.",
    "/b invalid_type: This must be a number.",
    "/c invalid_type: This must be true or false.",
    "/d invalid_type: This must be a list.",
    "/e invalid_type: This must be an object.",
    "/f invalid_type: This is required.",
  ]);
  expect(faults(schema, null)).toEqual([" invalid_type: This must be an object."]);
});

it("A field out of range is described by the range, never by the sent value", () => {
  const schema = z.object({
    least: z.coerce.number().int().min(1),
    most: z.number().max(5),
    whole: z.int(),
    list: z.array(z.string()).max(1),
    word: z.enum(["user", "bot"]),
    long: z.string().max(3),
    own: text({ min: 2, max: 3 }),
  });
  const body = { least: 0, most: 404, whole: 1.5, list: ["a", "b"], word: "x", long: "four" };
  expect(faults(schema, { ...body, own: "𝒳" })).toEqual([
    "/least too_small: The least is 1.",
    "/most too_big: The most is 5.",
    "/whole invalid_type: This must be a whole number.",
    "/list too_big: The most is 1 entries.",
    "/word invalid_value: This must be one of: user, bot.",
    "/long too_big: The most is 3 characters.",
    "/own too_short: This needs at least 2 characters.",
  ]);
});

it("Each unknown field is named, as a JSON Pointer", () => {
  const schema = z.object({ inner: z.strictObject({}) });
  expect(faults(schema, { inner: { "a/b": 1, "c~d": 2 } })).toEqual([
    "/inner/a~1b unknown_field: There is no such field.",
    "/inner/c~0d unknown_field: There is no such field.",
  ]);
});

it("A query parameter is named as such", () => {
  expect(faults(z.object({ limit: z.coerce.number() }), { limit: "x" }, "query")).toEqual([
    "?limit invalid_type: This must be a number.",
  ]);
});
