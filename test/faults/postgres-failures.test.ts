import { beforeAll, expect, it } from "vitest";
import type { NeonFault } from "../../local/neon-control.ts";
import { type ApiResponse, type SignedIn, signUpWithFiles } from "../support/client.ts";
import { nameOf, prepareCall, type RouteCall } from "../support/faults/route-calls.ts";
import { present } from "../../src/lib/assert.ts";
import { countCalls, injectFault } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";

type Shape = Pick<NeonFault, "kind" | "code" | "status">;

/**
 * Nothing took effect: a connection lost, a server stopped, a statement cancelled, too many of them, a
 * deadlock.
 */
const BEFORE: Shape[] = ["", "08006", "57P01", "57014", "53300", "40P01", "58030"].map((code) => ({
  kind: "sql_error",
  code,
}));
/** It took effect, and the response was lost. */
const AFTER: Shape[] = ["", "08P01", "57P01"].map((code) => ({
  kind: "sql_error_after_commit",
  code,
}));

/** A socket has a test of its own; these report the health of the service itself. */
const LEFT_OUT = (operation: Operation) =>
  operation.tags.includes("System") || nameOf(operation) === "GET /chats/{id}/ws";

/**
 * The status of a repetition of a call that had taken effect, where it differs from that of the call
 * itself, and which of its trips to Postgres, from 0 on, makes it take effect. `repeats`: the repetition takes effect
 * as well, because the route has no key.
 */
const AFTERWARDS: Record<string, { status: number; trip?: number; repeats?: true }> = {
  "POST /auth/register": { status: 409 },
  "POST /auth/totp/confirm": { status: 409, trip: 2 },
  "DELETE /users/me": { status: 401, trip: 1 },
  "DELETE /auth/keys/{id}": { status: 404 },
  // A repetition makes another key: the first one was never seen, is listed, and can be revoked.
  "POST /auth/keys": { status: 201, trip: 1, repeats: true },
  "DELETE /chats/{id}": { status: 404 },
  "DELETE /files/{id}": { status: 404 },
  // The turn began, and no provider was called: its key returns it as interrupted, which a stream
  // reports in an event.
  "POST /chats/{id}/messages": { status: 502 },
  "PATCH /messages/{id}": { status: 502, trip: 1 },
  "POST /v1/chat/completions": { status: 502 },
  "POST /v1/responses": { status: 502 },
  "POST /ai-sdk/chat": { status: 200, trip: 1 },
  "POST /ai-sdk/workflow": { status: 200, trip: 1 },
};

/** Trips that the route itself waits for: saving after a turn, or in the background, has its own tests. */
const MOST_TRIPS: Record<string, number> = {
  "POST /chat": 1,
  "POST /chats/{id}/messages": 1,
  "POST /chats/{id}/messages/stream": 1,
  "POST /v1/chat/completions": 1,
  "POST /v1/responses": 1,
  "POST /ai-sdk/chat": 2,
  "POST /ai-sdk/workflow": 2,
  "POST /messages/{id}/regenerate": 2,
  "PATCH /messages/{id}": 2,
  "POST /files/{id}/analysis": 1,
  "POST /files/upload": 2,
  "POST /files/{id}/complete": 2,
  "POST /auth/logout": 1,
  "DELETE /auth/sessions": 1,
  "DELETE /auth/sessions/{id}": 1,
  "DELETE /users/me": 2,
  // Later ones cut the stream that has begun, which a test of its own looks at.
  "GET /users/me/export": 1,
};

/** A request holds its key for a minute: a repetition waits as long, and is not awaited here. */
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

/** How the number of rows changes by a call. */
async function measure(call: RouteCall, happen: () => Promise<ApiResponse>): Promise<Outcome> {
  const before = await call.count();
  const { status } = await happen();
  const after = await call.count();
  const changes = Object.keys(after).map((name) => [
    name,
    (after[name] ?? 0) - (before[name] ?? 0),
  ]);
  return { status, changed: Object.fromEntries(changes) };
}

/** Which of the calls to Postgres fail: `times` of them, after `skip`. */
type Failing = { shape: Shape; skip: number; times: number };

async function sendFailing({ send, marker }: RouteCall, { shape, skip, times }: Failing) {
  const restore = await injectFault({ contains: marker, skip, times, ...shape });
  const response = await send();
  await restore();
  return response;
}

const twice = (changed: Counts): Counts =>
  Object.fromEntries(Object.entries(changed).map(([name, count]) => [name, 2 * count]));

class Route {
  readonly #operation: Operation;
  readonly #by: SignedIn;
  /** Deviations from the expected outcome. */
  readonly violations: object[] = [];

  constructor(operation: Operation, by: SignedIn) {
    this.#operation = operation;
    this.#by = by;
  }

  /** `number` selects one of the shapes of failure. */
  async check(number: number): Promise<void> {
    const { usual, trips } = await this.#sendUsual();
    for (let skip = 0; skip < trips; skip++) {
      const shapes = this.#shapes(number + skip);
      // The last shape is the hardest for a repetition: the call may have taken effect.
      await this.#failOnce(usual, { shape: present(shapes.at(-1), "a shape"), skip, times: 1 });
      if (HELD.has(nameOf(this.#operation))) continue;
      for (const shape of shapes) await this.#failAlways(usual, { shape, skip, times: ALWAYS });
    }
  }

  /** A read never takes effect, whenever it fails. */
  #shapes(number: number): Shape[] {
    const before = present(BEFORE[number % BEFORE.length], "a shape");
    const after = present(AFTER[number % AFTER.length], "a shape");
    return this.#operation.method === "GET" ? [before] : [before, after];
  }

  #prepare(): Promise<RouteCall> {
    return prepareCall(this.#operation, this.#by);
  }

  /** The outcome of the call without a fault, and its number of trips. */
  async #sendUsual(): Promise<{ usual: Outcome; trips: number }> {
    const first = await this.#countTrips();
    // Background calls may be counted once, and hardly twice.
    const again = first.trips > 1 ? await this.#countTrips() : first;
    const most = MOST_TRIPS[nameOf(this.#operation)] ?? Number.POSITIVE_INFINITY;
    return { usual: first.usual, trips: Math.min(first.trips, again.trips, most) };
  }

  async #countTrips(): Promise<{ usual: Outcome; trips: number }> {
    const call = await this.#prepare();
    let trips = 0;
    const usual = await measure(call, async () => {
      let response: ApiResponse | undefined;
      trips = await countCalls(call.marker, async () => (response = await call.send()));
      return present(response, "the answer");
    });
    return { usual, trips };
  }

  /** The product repeats the call itself. */
  async #failOnce(usual: Outcome, failing: Failing): Promise<void> {
    const call = await this.#prepare();
    this.#expect(failing, await measure(call, () => sendFailing(call, failing)), usual);
  }

  /** The client is told when to retry; its repetition then takes effect once. */
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
    this.#expect(failing, again, this.#afterwards({ status, changed }, failing));
  }

  /** The outcome of a call and its repetition, where the last trip, which writes, had taken effect. */
  #afterwards(usual: Outcome, { shape, skip }: Failing): Outcome {
    const afterwards = AFTERWARDS[nameOf(this.#operation)];
    const isDone = shape.kind === "sql_error_after_commit" && skip === (afterwards?.trip ?? 0);
    if (!isDone || !afterwards) return usual;
    const { status, repeats } = afterwards;
    return { status, changed: repeats ? twice(usual.changed) : usual.changed };
  }

  #expect({ shape, skip, times }: Failing, seen: object, expected: object): void {
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
    this.violations.push({ route: nameOf(this.#operation), ...shape, skip, times, seen, expected });
  }
}

it("Whatever fails in Postgres, every route succeeds or says when to retry, and takes effect once", async () => {
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
