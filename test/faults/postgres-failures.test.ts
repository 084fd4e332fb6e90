import { beforeAll, expect, it } from "vitest";
import type { NeonFault } from "../../local/neon-control.ts";
import { type Answer, type SignedIn, signUpWithFiles } from "../support/client.ts";
import { nameOf, prepareCall, type RouteCall } from "../support/faults/route-calls.ts";
import { present } from "../../src/lib/assert.ts";
import { countCalls, injectFault } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";

type Shape = Pick<NeonFault, "kind" | "code" | "status">;

/** Nothing has happened: a connection lost, a server stopped, a statement cancelled, too many of them, a deadlock. */
const BEFORE: Shape[] = ["", "08006", "57P01", "57014", "53300", "40P01", "58030"].map((code) => ({
  kind: "sql_error",
  code,
}));
/** It has happened, and nobody was told so. */
const AFTER: Shape[] = ["", "08P01", "57P01"].map((code) => ({
  kind: "sql_error_after_commit",
  code,
}));

/** A socket has a test of its own; these say how the service itself is. */
const LEFT_OUT = (operation: Operation) =>
  operation.tags.includes("System") || nameOf(operation) === "GET /chats/{id}/ws";

/**
 * What a repetition is told of a call that had happened, where that is not what the call itself is told, and
 * which of its trips to Postgres, from 0 on, makes it happen.
 */
const AFTERWARDS: Record<string, { status: number; trip?: number }> = {
  "POST /auth/register": { status: 409 },
  "DELETE /users/me": { status: 401, trip: 1 },
  "DELETE /chats/{id}": { status: 404 },
  "DELETE /files/{id}": { status: 404 },
  // The turn has begun, and nobody was asked: its key gives it as interrupted, which a stream says in an event.
  "POST /chats/{id}/messages": { status: 502 },
  "PATCH /messages/{id}": { status: 502, trip: 1 },
};

/** Trips that the route itself waits for: what is saved after a turn, or in the background, has its own tests. */
const MOST_TRIPS: Record<string, number> = {
  "POST /chat": 1,
  "POST /chats/{id}/messages": 1,
  "POST /chats/{id}/messages/stream": 1,
  "POST /messages/{id}/regenerate": 2,
  "PATCH /messages/{id}": 2,
  "POST /files/{id}/analysis": 1,
  "POST /files/upload": 2,
  "POST /files/{id}/complete": 2,
  "POST /auth/logout": 1,
  "DELETE /users/me": 2,
};

/** Its key is held for a minute by whoever may be at work: a repetition waits as long, and is not waited for here. */
const HELD = new Set(["POST /chats/{id}/name"]);

const LANES = 3;
const ALWAYS = 1_000;

let operations: Operation[];
let people: SignedIn[];
beforeAll(async () => {
  operations = (await readOperations()).filter((operation) => !LEFT_OUT(operation));
  people = await Promise.all(Array.from({ length: LANES }, () => signUpWithFiles()));
});

type Counts = Record<string, number>;
type Outcome = { status: number; changed: Counts };

/** How much more or less there is once something has happened. */
async function measure(call: RouteCall, happen: () => Promise<Answer>): Promise<Outcome> {
  const before = await call.count();
  const { status } = await happen();
  const after = await call.count();
  const changes = Object.keys(after).map((name) => [
    name,
    (after[name] ?? 0) - (before[name] ?? 0),
  ]);
  return { status, changed: Object.fromEntries(changes) };
}

/** Which of the calls to Postgres fail: so many of them, from one on. */
type Failing = { shape: Shape; skip: number; times: number };

async function sendFailing({ send, marker }: RouteCall, { shape, skip, times }: Failing) {
  const restore = await injectFault({ contains: marker, skip, times, ...shape });
  const answer = await send();
  await restore();
  return answer;
}

class Route {
  readonly #operation: Operation;
  readonly #by: SignedIn;
  /** What differs from what should be. */
  readonly violations: object[] = [];

  constructor(operation: Operation, by: SignedIn) {
    this.#operation = operation;
    this.#by = by;
  }

  /** `number` is which of the shapes it is to suffer. */
  async check(number: number): Promise<void> {
    const { usual, trips } = await this.#sendUsual();
    for (let skip = 0; skip < trips; skip++) {
      const shapes = this.#shapes(number + skip);
      // The last of them asks the most of a repetition: it may have happened.
      await this.#failOnce(usual, { shape: present(shapes.at(-1), "a shape"), skip, times: 1 });
      if (HELD.has(nameOf(this.#operation))) continue;
      for (const shape of shapes) await this.#failAlways(usual, { shape, skip, times: ALWAYS });
    }
  }

  /** What only reads has never happened, whenever it fails. */
  #shapes(number: number): Shape[] {
    const before = present(BEFORE[number % BEFORE.length], "a shape");
    const after = present(AFTER[number % AFTER.length], "a shape");
    return this.#operation.method === "GET" ? [before] : [before, after];
  }

  #prepare(): Promise<RouteCall> {
    return prepareCall(this.#operation, this.#by);
  }

  /** What the call comes to without a fault, and in how many trips to Postgres. */
  async #sendUsual(): Promise<{ usual: Outcome; trips: number }> {
    const first = await this.#countTrips();
    // What goes on in the background may be counted once, and hardly twice.
    const again = first.trips > 1 ? await this.#countTrips() : first;
    const most = MOST_TRIPS[nameOf(this.#operation)] ?? Number.POSITIVE_INFINITY;
    return { usual: first.usual, trips: Math.min(first.trips, again.trips, most) };
  }

  async #countTrips(): Promise<{ usual: Outcome; trips: number }> {
    const call = await this.#prepare();
    let trips = 0;
    const usual = await measure(call, async () => {
      let answer: Answer | undefined;
      trips = await countCalls(call.marker, async () => (answer = await call.send()));
      return present(answer, "the answer");
    });
    return { usual, trips };
  }

  /** A repetition makes up for it. */
  async #failOnce(usual: Outcome, failing: Failing): Promise<void> {
    const call = await this.#prepare();
    this.#expect(failing, await measure(call, () => sendFailing(call, failing)), usual);
  }

  /** The client is told when to try again; what it repeats then happens once. */
  async #failAlways({ status, changed }: Outcome, failing: Failing): Promise<void> {
    const call = await this.#prepare();
    let refused: object = {};
    const again = await measure(call, async () => {
      const { headers, body, ...answer } = await sendFailing(call, failing);
      const retryAfter = headers.has("retry-after");
      refused = { status: answer.status, code: body?.code, retryAfter };
      return call.send();
    });
    this.#expect(failing, refused, { status: 503, code: "database_unavailable", retryAfter: true });
    this.#expect(failing, again, { status: this.#statusAgain(status, failing), changed });
  }

  /** Of a repetition, where the last trip, which writes, had happened. */
  #statusAgain(usual: number, { shape, skip }: Failing): number {
    const afterwards = AFTERWARDS[nameOf(this.#operation)];
    const isDone = shape.kind === "sql_error_after_commit" && skip === (afterwards?.trip ?? 0);
    return isDone && afterwards ? afterwards.status : usual;
  }

  #expect({ shape, skip, times }: Failing, seen: object, expected: object): void {
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
    this.violations.push({ route: nameOf(this.#operation), ...shape, skip, times, seen, expected });
  }
}

it("Whatever becomes of a call to Postgres, every route succeeds or says when to try again, and happens once", async () => {
  const queue = operations.entries();
  const violations = await Promise.all(
    people.map(async (by) => {
      const found: object[] = [];
      for (const [number, operation] of queue) {
        const route = new Route(operation, by);
        await route.check(number);
        found.push(...route.violations);
      }
      return found;
    }),
  );
  expect(operations.length).toBeGreaterThan(20);
  expect(violations.flat()).toEqual([]);
}, 300_000);
