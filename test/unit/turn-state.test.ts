import { expect, it } from "vitest";
import { statesBefore } from "../../src/features/turns/room/turn-table.ts";

it("A turn goes forward only: it runs, may have to be saved later, and ends once", () => {
  expect(statesBefore("running")).toEqual([]);
  expect(statesBefore("saving")).toEqual(["running"]);
  expect(statesBefore("ended")).toEqual(["running", "saving"]);
});
