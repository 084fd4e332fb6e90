import { expect, it } from "vitest";
import { MEDIA_TYPES } from "../../clients/ts/src/media-types.ts";
import { toMediaType } from "../../src/lib/media-types.ts";

it("A client announces for each name of a file the type that the server knows of it", () => {
  const known = Object.keys(MEDIA_TYPES).map((end) => [end, toMediaType(`lease.${end}`)]);
  expect(Object.fromEntries(known)).toEqual(MEDIA_TYPES);
});
