import { describe, expect, it } from "vitest";
import { currentTrace, runTraced, timed } from "../../src/lib/trace.ts";
import { formatTraceparent, parseTraceparent } from "../../src/lib/traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const VALID = `00-${TRACE}-${SPAN}-01`;

describe("the header traceparent", () => {
  it("is read with its sampled flag, and written in version 00", () => {
    expect(parseTraceparent(VALID)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.isSampled).toBe(false);
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-ff`)?.isSampled).toBe(true);
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, isSampled: false })).toBe(
      `00-${TRACE}-${SPAN}-00`,
    );
  });

  it("of a later version is read by its first fields", () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01`)?.traceId).toBe(TRACE);
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)?.traceId).toBe(TRACE);
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01.what`)).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    "",
    "none",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01 `,
    ` ${VALID}`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}`,
    `0-${TRACE}-${SPAN}-01`,
    `${VALID}, ${VALID}`,
    "x".repeat(10_000),
  ])("is ignored where it is not valid: %s", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe("a trace", () => {
  it("goes on from the caller's, as a part of its own", () => {
    runTraced(VALID, (trace) => {
      expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
      expect(trace.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
      expect(trace.spanId).not.toBe(SPAN);
      expect(trace.traceparent).toBe(`00-${TRACE}-${trace.spanId}-01`);
    });
  });

  it("begins anew without a valid header, and is sampled: each is logged", () => {
    const seen = ["", "none"].map((header) => runTraced(header, (trace) => trace.traceparent));
    for (const traceparent of seen)
      expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(new Set(seen).size).toBe(2);
  });

  it("counts calls, and time in which several were under way once", async () => {
    await runTraced(undefined, async (trace) => {
      const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const calls = gates.map((gate) => timed("db", () => gate.promise));
      expect(trace.spentMs("db")).toBeGreaterThanOrEqual(0);
      expect(trace.spentMs("storage")).toBeUndefined();
      gates[0]?.reject(new Error("lost"));
      gates[1]?.resolve();
      await Promise.allSettled(calls);
      expect(trace.fields).toMatchObject({ db_calls: 2 });
      expect(trace.spentMs("db")).toBeLessThanOrEqual(trace.durationMs);
    });
  });

  it("is that of its own work, however much runs at once", async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, () =>
        runTraced(undefined, async ({ traceId }) => {
          await timed("db", () => Promise.resolve());
          return [traceId, currentTrace()?.traceId];
        }),
      ),
    );
    for (const [own, found] of ids) expect(found).toBe(own);
    expect(currentTrace()).toBeUndefined();
  });
});
