import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newWorkshop, removeWorkshop, runTool, toolSetting } from "../support/openapi-tools.ts";

let folder: string;
beforeAll(async () => {
  folder = await newWorkshop();
});
afterAll(() => removeWorkshop(folder));

describe("the OpenAPI document", () => {
  it("has no error and no warning by the recommended rules of Redocly", async () => {
    const settings = ["--config", toolSetting("redocly.yaml")];
    const args = ["lint", "openapi.json", ...settings, "--format=json"];
    const report = await runTool("@redocly/cli", "redocly", args, folder);
    expect(report).toContain('"totals"');
    expect(JSON.parse(report.slice(report.indexOf("{"), report.lastIndexOf("}") + 1))).toEqual(
      expect.objectContaining({ totals: { errors: 0, warnings: 0, ignored: 0 } }),
    );
  });

  it("has no error and no warning by Spectral's rules for OpenAPI", async () => {
    const settings = ["--ruleset", toolSetting("spectral.yaml"), "--fail-severity=hint"];
    const args = ["lint", "openapi.json", ...settings];
    const report = await runTool("@stoplight/spectral-cli", "spectral", args, folder);
    expect(report).toContain("No results with a severity of 'hint' or higher found!");
  });
});
