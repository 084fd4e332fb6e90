import { describe, expect, it } from "vitest";
import { isUnfinished, step, type TurnState } from "../../src/features/turns/state.ts";

const STATES: TurnState[] = ["beginning", "running", "saving", "ended"];
const ALLOWED = new Set([
  "beginning>running",
  "beginning>saving",
  "running>saving",
  "saving>ended",
]);

describe("the life of a turn", () => {
  it("goes forward only, and never skips the saving", () => {
    const steps = STATES.flatMap((from) => STATES.map((to) => ({ from, to })));
    const taken = steps.filter(({ from, to }) => canStep(from, to));
    expect(new Set(taken.map(({ from, to }) => `${from}>${to}`))).toEqual(ALLOWED);
  });

  it("needs somebody until it has ended", () => {
    expect(STATES.map(isUnfinished)).toEqual([true, true, true, false]);
  });
});

function canStep(from: TurnState, to: TurnState): boolean {
  try {
    return step(from, to) === to;
  } catch {
    return false;
  }
}
