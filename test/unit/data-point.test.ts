import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMetrics, toDataPoint } from "../../src/clients/metrics.ts";

describe("a data point", () => {
  it("has fixed columns, and is sampled by its kind", () => {
    expect(toDataPoint({ kind: "turn", name: "m", outcome: "stopped", firstTokenMs: 7 })).toEqual({
      indexes: ["turn"],
      blobs: ["turn", "m", "stopped", "", ""],
      doubles: [0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0],
    });
  });

  it("is written nowhere without a data set, and never throws", () => {
    createMetrics(undefined).write({ kind: "turn" });
    const full = {
      writeDataPoint: () => {
        throw new Error("too many data points");
      },
    };
    createMetrics(full).write({ kind: "turn" });
    expect(toDataPoint({ kind: "minute" }).doubles).toHaveLength(12);
  });

  it("has the columns that the documentation lists", async () => {
    const page = await readFile(join(import.meta.dirname, "../../docs/monitoring.md"), "utf8");
    const point = toDataPoint({ kind: "turn" });
    const listed = (kind: string) => [...page.matchAll(new RegExp(`^\\| \`${kind}\\d+\``, "gm"))];
    expect(listed("blob")).toHaveLength(point.blobs.length);
    expect(listed("double")).toHaveLength(point.doubles.length);
  });
});
