import { describe, expect, it } from "vitest";
import { step, type TurnState } from "../../src/features/turns/state.ts";

const STATES: TurnState[] = ["running", "saving", "ended"];
const ALLOWED = new Set(["running>saving", "running>ended", "saving>ended"]);

describe("the life of a turn", () => {
  it("goes forward only", () => {
    const steps = STATES.flatMap((from) => STATES.map((to) => ({ from, to })));
    const taken = steps.filter(({ from, to }) => canStep(from, to));
    expect(new Set(taken.map(({ from, to }) => `${from}>${to}`))).toEqual(ALLOWED);
  });
});

function canStep(from: TurnState, to: TurnState): boolean {
  try {
    return step(from, to) === to;
  } catch {
    return false;
  }
}
