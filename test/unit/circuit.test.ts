import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Admitted, Circuit, type CallOutcome } from "../../src/lib/circuit.ts";

const FIGURES = { failures: 5, window_ms: 30_000, pause_ms: 10_000 };

function circuitAt(figures = FIGURES) {
  const time = { now: 1_000_000 };
  const circuit = new Circuit(figures, () => time.now);
  const call = (outcome: CallOutcome) => admitted(circuit)(outcome);
  return { time, circuit, call };
}

function admitted(circuit: Circuit): Admitted {
  const result = circuit.admit();
  if (typeof result !== "function") throw new Error("the call was not admitted");
  return result;
}

const isOpen = (circuit: Circuit) => typeof circuit.admit() !== "function";

describe("a circuit", () => {
  it("opens at the fifth failure in a row, and says how long to wait", () => {
    const { circuit, call, time } = circuitAt();
    for (let i = 1; i < 5; i++) expect(call("failure")).toBeUndefined();
    expect(call("failure")).toBe("opened");
    time.now += 4_000;
    expect(circuit.admit()).toEqual({ waitMs: 6_000 });
  });

  it("stays closed where a call succeeded between failures, or they are far apart", () => {
    const { circuit, call, time } = circuitAt();
    for (let i = 0; i < 4; i++) call("failure");
    call("success");
    for (let i = 0; i < 4; i++) call("failure");
    time.now += 30_000;
    call("failure");
    expect(isOpen(circuit)).toBe(false);
  });

  it("does not count what says nothing about the provider", () => {
    const { circuit, call } = circuitAt();
    for (let i = 0; i < 100; i++) call("neither");
    expect(isOpen(circuit)).toBe(false);
  });

  it("admits one probe after the pause: its success closes, its failure opens again", () => {
    const { circuit, call, time } = circuitAt();
    for (let i = 0; i < 5; i++) call("failure");
    time.now += 10_000;
    const probe = admitted(circuit);
    expect(isOpen(circuit)).toBe(true);
    expect(probe("failure")).toBe("opened");
    expect(circuit.admit()).toEqual({ waitMs: 10_000 });
    time.now += 10_000;
    admitted(circuit)("success");
    for (let i = 0; i < 4; i++) call("failure");
    expect(isOpen(circuit)).toBe(false);
  });

  it("admits the next probe where one says nothing, or never reports", () => {
    const { circuit, call, time } = circuitAt();
    for (let i = 0; i < 5; i++) call("failure");
    time.now += 10_000;
    admitted(circuit)("neither");
    admitted(circuit);
    expect(isOpen(circuit)).toBe(true);
    time.now += 30_000;
    admitted(circuit)("success");
    call("success");
  });

  it("is not held open longer by calls from before it opened", () => {
    const { circuit, call, time } = circuitAt();
    const slow = admitted(circuit);
    for (let i = 0; i < 5; i++) call("failure");
    time.now += 9_000;
    slow("failure");
    time.now += 1_000;
    expect(admitted(circuit)("success")).toBeUndefined();
  });

  it("never admits two probes at once, and always admits one in the end", () => {
    const outcomes = fc.constantFrom<CallOutcome>("success", "failure", "neither");
    const steps = fc.array(fc.record({ outcome: outcomes, waitMs: fc.nat(20_000) }));
    fc.assert(
      fc.property(steps, (all) => {
        const { circuit, time } = circuitAt();
        for (const { outcome, waitMs } of all) {
          const result = circuit.admit();
          const waitsFor = typeof result === "function" ? 1 : result.waitMs;
          expect(waitsFor).toBeGreaterThan(0);
          if (typeof result === "function") result(outcome);
          time.now += waitMs;
        }
        time.now += FIGURES.pause_ms;
        admitted(circuit)("success");
        expect(isOpen(circuit)).toBe(false);
      }),
    );
  });
});
