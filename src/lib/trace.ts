/**
 * What one request, queue message, alarm or turn spends on its outward calls, and its part of a trace. The runtime
 * carries the current one through every `await`, so no function has to hand it on.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { systemClock } from "./clock.ts";
import { newSpanId, newTraceId } from "./ids.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** What is called: Postgres, the bucket, an AI provider, the room of a chat, SES. */
type Dependency = "db" | "storage" | "provider" | "room" | "mail";

/** Calls to one dependency: `ms` is the time in which at least one was under way. */
type Spent = { calls: number; ms: number; open: number; openSince: number };

const current = new AsyncLocalStorage<Trace>();

export class Trace {
  readonly traceId: string;
  readonly spanId = newSpanId();
  /** The caller's part of the trace; undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt = systemClock();
  readonly #isSampled: boolean;
  readonly #spent = new Map<Dependency, Spent>();

  /** Begins a new trace where the header is absent or invalid. */
  constructor(traceparent: string | undefined) {
    const parent = parseTraceparent(traceparent);
    this.traceId = parent?.traceId ?? newTraceId();
    this.parentSpanId = parent?.spanId;
    this.#isSampled = parent?.isSampled ?? true;
  }

  /** The header for what it calls. */
  get traceparent(): string {
    return formatTraceparent({
      traceId: this.traceId,
      spanId: this.spanId,
      isSampled: this.#isSampled,
    });
  }

  /** Milliseconds since it began. */
  get durationMs(): number {
    return systemClock() - this.startedAt;
  }

  /** Milliseconds spent on a dependency so far; undefined where it was not called. */
  spentMs(on: Dependency): number | undefined {
    const spent = this.#spent.get(on);
    return spent && spent.ms + (spent.open > 0 ? systemClock() - spent.openSince : 0);
  }

  /** Durations in milliseconds, for a measurement. */
  get spent() {
    return {
      durationMs: this.durationMs,
      dbMs: this.spentMs("db"),
      storageMs: this.spentMs("storage"),
      providerMs: this.spentMs("provider"),
    };
  }

  /** Ids, durations in milliseconds and numbers of calls, for the log. */
  get fields(): Record<string, string | number | undefined> {
    return {
      trace_id: this.traceId,
      span_id: this.spanId,
      parent_span_id: this.parentSpanId,
      duration_ms: this.durationMs,
      ...Object.fromEntries(
        [...this.#spent.keys()].flatMap((on) => [
          [`${on}_ms`, this.spentMs(on)],
          [`${on}_calls`, this.#spent.get(on)?.calls],
        ]),
      ),
    };
  }

  begin(on: Dependency): void {
    const spent = this.#spent.get(on) ?? { calls: 0, ms: 0, open: 0, openSince: 0 };
    if (spent.open++ === 0) spent.openSince = systemClock();
    spent.calls++;
    this.#spent.set(on, spent);
  }

  end(on: Dependency): void {
    const spent = this.#spent.get(on);
    if (spent && --spent.open === 0) spent.ms += systemClock() - spent.openSince;
  }
}

/** Runs the work under a trace of its own. */
export function runTraced<T>(traceparent: string | undefined, work: (trace: Trace) => T): T {
  const trace = new Trace(traceparent);
  return current.run(trace, () => work(trace));
}

/** The trace of the work that calls this; undefined outside of any. */
export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/** What the messages of a queue carry besides their content; those of an older version carry nothing. */
export type TracedMessage = { traceparent?: string };

/** Runs an outward call, and counts its time in the current trace. */
export async function timed<T>(on: Dependency, call: () => PromiseLike<T>): Promise<T> {
  const trace = currentTrace();
  trace?.begin(on);
  try {
    return await call();
  } finally {
    trace?.end(on);
  }
}
