/** Calls to rooms: each has a deadline, because a room that hangs must not hold its callers. */
import { within } from "./clock.ts";
import { timed } from "./trace.ts";

/** A room responds at once, or after a few calls to Postgres with their own deadlines. */
const ROOM_CALL_MS = 60_000;

/** The call's value. Throws what the call throws, and a `TimeoutError` after a minute or `timeoutMs`. */
export function roomCall<T>(call: () => T, timeoutMs = ROOM_CALL_MS): Promise<Awaited<T>> {
  return timed("room", async (): Promise<Awaited<T>> => {
    // The promises of a room's methods have a type for each result.
    const called = (async (): Promise<Awaited<T>> => await call())();
    const result = await within(
      timeoutMs,
      called.then((value) => ({ value })),
    );
    if (result) return result.value;
    // Nobody reads what comes too late.
    called.then(discard, () => undefined);
    throw new DOMException("the room did not respond in time", "TimeoutError");
  });
}

/** A stream without a reader would count as a slow subscriber of its room. */
function discard(value: unknown): void {
  if (typeof value !== "object" || value === null || !("stream" in value)) return;
  if (value.stream instanceof ReadableStream) void value.stream.cancel();
}
