import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/world.ts"],
    maxWorkers: 2,
    // Files share what they import, which holds no state of a test: each signs up people of its own.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
