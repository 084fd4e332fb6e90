import { describe, expect, it } from "vitest";
import { isUnfinished, step, type TurnState } from "../../src/features/turns/state.ts";

const STATES: TurnState[] = ["beginning", "running", "saving", "ended"];
const ALLOWED = ["beginning>running", "beginning>saving", "running>saving", "saving>ended"];

describe("the life of a turn", () => {
  it("goes forward only, and never skips the saving", () => {
    for (const from of STATES) {
      for (const to of STATES) {
        const allowed = ALLOWED.includes(`${from}>${to}`);
        if (allowed) expect(step(from, to)).toBe(to);
        else expect(() => step(from, to)).toThrow("cannot go");
      }
    }
  });

  it("needs somebody until it has ended", () => {
    expect(STATES.map(isUnfinished)).toEqual([true, true, true, false]);
  });
});
