import { afterAll, beforeAll, expect, it } from "vitest";
import { ManyWorlds } from "../support/faults/many-worlds.ts";
import type { Kill, Operation, Schedule } from "../support/faults/schedule.ts";
import { reportFailures } from "../support/faults/report-failures.ts";

let worlds: ManyWorlds;
beforeAll(async () => {
  worlds = await ManyWorlds.start(0);
});
afterAll(() => worlds.close());

/** A message under a key in a new chat, repeated until it is answered, and then another one. */
const STEPS: Operation[][] = [
  [ask({ route: "chat", keyed: true, repeats: 2 })],
  [{ kind: "resume", chat: 0, position: 0.5 }],
  [ask({ route: "stream", keyed: false, repeats: 0 })],
  [{ kind: "read", chat: 0 }],
];

function ask(how: { route: "chat" | "stream"; keyed: boolean; repeats: number }): Operation {
  return { kind: "send", chat: 0, streams: true, repeatsAtOnce: false, ...how };
}

/** The number of calls to Postgres that those steps make without a fault. */
const CALLS = 8;

function scheduleOf(kill: Kill, index: number): Schedule {
  const none = new Map();
  const schedule = { chats: [false], steps: STEPS, postgresFaults: none, providerFaults: none };
  return { ...schedule, seed: -1 - index, kills: [kill] };
}

it("Killing the process before or after any call to Postgres breaks nothing", async () => {
  const calls = Array.from({ length: CALLS }, (_, index) => index + 1);
  const kills = calls.flatMap((call): Kill[] => [{ beforeCall: call }, { afterCall: call }]);
  const failures = await worlds.run(kills.map(scheduleOf));
  expect(failures.length, await reportFailures(failures)).toBe(0);
  expect(worlds.crashes).toBe(kills.length);
}, 120_000);
