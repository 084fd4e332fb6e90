import { expect, it } from "vitest";
import { SendBudget } from "../../src/features/turns/room/live-socket.ts";

const PACE = { burstBytes: 1_000, bytesPerSecond: 100 };

it("A budget lets a burst go at once, and then a rate per second", () => {
  const budget = new SendBudget(PACE, 0);
  budget.spend(999, 0);
  expect(budget.waitMs(0)).toBe(0);
  budget.spend(1, 0);
  expect(budget.waitMs(0)).toBe(10);
  expect(budget.waitMs(10)).toBe(0);
});

it("A budget recovers what was sent beyond it, and saves no more than a burst", () => {
  const budget = new SendBudget(PACE, 0);
  budget.spend(1_500, 0);
  expect(budget.waitMs(0)).toBe(5_010);
  expect(budget.waitMs(5_010)).toBe(0);
  budget.spend(1_001, 1_000_000);
  expect(budget.waitMs(1_000_000)).toBe(20);
});

it("A budget continues from what was spent before, and tolerates a clock that goes back", () => {
  const budget = new SendBudget(PACE, 5_000, 1_000);
  expect(budget.waitMs(5_000)).toBe(10);
  expect(budget.waitMs(4_000)).toBe(10);
  expect(budget.waitMs(5_000)).toBe(0);
});
