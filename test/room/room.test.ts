import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createDeps } from "../../src/deps.ts";
import { assembleRoom } from "../../src/features/turns/room/assemble.ts";
import { LiveTurn } from "../../src/features/turns/room/live-turn.ts";
import {
  pendingCheckpoint,
  begunCheckpoint,
  serializeCheckpoint,
} from "../../src/features/turns/room/checkpoint.ts";
import { present } from "../../src/lib/assert.ts";
import { findModel } from "../../src/lib/models.ts";
import { begin, crash, end, follow, USER } from "./turns.ts";

const newRoom = () => env.CHAT_ROOM.getByName(crypto.randomUUID());

describe("a room under an invalid environment", () => {
  it("sets the next alarm each time one fails", async () => {
    const room = newRoom();
    await runInDurableObject(room, (_room, { storage }) => storage.setAlarm(Date.now() + 60_000));
    for (let round = 0; round < 7; round++) {
      expect(await runDurableObjectAlarm(room)).toBe(true);
      const alarm = await runInDurableObject(room, (_room, { storage }) => storage.getAlarm());
      expect(alarm).toBeGreaterThan(Date.now());
    }
  });
});

/** A valid environment whose Postgres is unreachable. */
const withoutPostgres = {
  ...env,
  DATABASE_URL: "postgres://nobody:nothing@db.localhost/none",
  DATABASE_HTTP_URL: "http://127.0.0.1:1/sql",
  SECRET_KEY: "a secret of the tests, of at least 32 characters",
  TURN_LIMITS: JSON.stringify({ watchdog_ms: 1, flush_ms: 60_000 }),
} as unknown as Parameters<typeof createDeps>[0];

function inRoom<T>(run: (parts: ReturnType<typeof assembleRoom>, ctx: DurableObjectState) => T) {
  const room = env.ROOM.getByName(crypto.randomUUID());
  return runInDurableObject(room, (_room, ctx) =>
    run(assembleRoom(ctx, createDeps(withoutPostgres)), ctx),
  );
}

describe("a missing alarm", () => {
  it("is set again only where there is work", async () => {
    await inRoom(async ({ alarm, log }, { storage }) => {
      expect(await alarm.ensure()).toBe(false);
      end(log, begin(log), Date.now());
      expect(await alarm.ensure()).toBe(true);
      const time = await storage.getAlarm();
      expect(await alarm.ensure()).toBe(false);
      expect(await storage.getAlarm()).toBe(time);
      await storage.deleteAlarm();
      expect(await alarm.ensure()).toBe(true);
    });
  });
});

const answerId = "the answer";

/** The checkpoints of a turn, before and after its commit. */
function checkpoints() {
  const model = present(findModel("gpt-4o-mini", []), "an offered model");
  const userMessage = {
    id: "user message",
    content: "?",
    file_name: null,
    file_url: null,
    metadata: {},
  };
  const files = { named: undefined, linked: undefined, waits: true };
  const at = new Date().toISOString();
  const turn = {
    userId: USER,
    chatId: "chat",
    answerId,
    files,
    at,
    target: "append" as const,
    userMessage,
  };
  const pending = pendingCheckpoint(turn, { model, usageId: "usage" });
  return { pending, begun: begunCheckpoint(pending, pending.answer, 10) };
}

describe("a run that fails because of a bug", () => {
  it("ends with everything that was emitted, and with its last event", async () => {
    await inRoom(async ({ log, pending: turns, runner }, { storage }) => {
      const { pending, begun } = checkpoints();
      turns.add(pending);
      turns.delete(answerId);
      const firstId = log.start(answerId, serializeCheckpoint({ running: begun }));
      const live = new LiveTurn({ answerId, userId: USER, firstId });
      runner.run(live, begun, async (sink) => {
        sink.emit({ type: "content_delta", content: "Not written, " });
        sink.emit({ type: "content_delta", content: "but emitted." });
        throw new Error("a bug");
      });
      await live.outcome;
      await present(runner.live, "the turn that ends it").outcome;
      // Postgres is unreachable, so the end is stored here.
      const kept = JSON.parse(log.turns.find(answerId)?.checkpoint ?? "null");
      expect(kept.finished.message).toMatchObject({
        status: "interrupted",
        content: "Not written, but emitted.",
      });
      expect(follow(crash(storage)).at(-1)?.event.type).toBe("stream_complete");
    });
  });
});
