import { expect, it } from "vitest";
import { placeUrl, readPlace } from "../../web/documents/place.ts";

const queryOf = (url: string) => new URL(url, "http://localhost").searchParams;

it("The address of a citation names its page and its words", () => {
  const url = placeUrl({ file_id: "one", page: 3, start: 12, end: 40 });
  expect(url).toBe("/app/documents/one?page=3&start=12&end=40");
  expect(readPlace(queryOf(url))).toEqual({ page: 3, ranges: [{ start: 12, end: 40 }] });
});

it("Of an elided quotation it names each part", () => {
  const parts = [
    { start: 12, end: 20 },
    { start: 30, end: 40 },
  ];
  const url = placeUrl({ file_id: "one", page: null, start: 12, end: 40, parts });
  expect(readPlace(queryOf(url))).toEqual({ page: undefined, ranges: parts });
});

it("Without a place it is the document's own, and what is malformed is left out", () => {
  expect(placeUrl({ file_id: "one" })).toBe("/app/documents/one");
  const nothing = { page: undefined, ranges: [] };
  for (const query of ["", "page=x", "page=0", "start=5", "start=9&end=3", "start=-1&end=2"]) {
    expect(readPlace(new URLSearchParams(query)), query).toEqual(nothing);
  }
  const parts = readPlace(new URLSearchParams("start=1&end=9&parts=1-2,x,9,5-4"));
  expect(parts.ranges).toEqual([{ start: 1, end: 2 }]);
});
