import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { COMPATIBILITY_DATE } from "./local/workerd.ts";

/** Everything that can be told from outside, over HTTP, and what is pure. */
const product = {
  extends: true as const,
  test: {
    name: "product",
    include: ["test/**/*.test.ts"],
    exclude: ["test/room/**"],
    globalSetup: ["test/support/world.ts"],
    // Files share what they import, which holds no state of a test: each signs up people of its own.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
};

/** The parts of a room alone, in workerd: on the SQLite and the alarm that a Durable Object has. */
const room = {
  extends: true as const,
  plugins: [
    cloudflareTest({
      main: "test/room/empty-room.ts",
      miniflare: {
        compatibilityDate: COMPATIBILITY_DATE,
        durableObjects: {
          ROOM: { className: "EmptyRoom", useSQLite: true },
          CHAT_ROOM: { className: "ChatRoom", useSQLite: true },
        },
      },
    }),
  ],
  test: { name: "room", include: ["test/room/**/*.test.ts"], testTimeout: 20_000 },
};

export default defineConfig({
  test: { projects: [product, room], maxWorkers: 2, passWithNoTests: false },
});
