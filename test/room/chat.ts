/** A chat's log under any order of events. */
import { assert } from "vitest";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { EventLog } from "../../src/features/turns/room/event-log.ts";
import { begin, crash, end, follow, idOf, idsOf, say } from "./turns.ts";

export type Step = { say: number } | "flush" | "end" | "crash";

/** A log beside its expected content; throws where they differ. */
export class Chat {
  readonly #sql: SqlStorage;
  #log: EventLog;
  #running: string | undefined;
  /** All emitted events, by id. */
  readonly #emitted = new Map<number, NumberedEvent>();
  #kept: NumberedEvent[] = [];
  /** A crash may lose any number of these from the end. */
  #unwritten: NumberedEvent[] = [];

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#log = new EventLog(sql);
  }

  take(step: Step): void {
    if (typeof step === "object") this.#say(step.say);
    else if (step === "flush") this.#flush();
    else if (step === "end") this.#end();
    else this.#crash();
  }

  check(): void {
    assert.deepEqual(follow(this.#log), [...this.#kept, ...this.#unwritten]);
  }

  #say(count: number): void {
    this.#running ??= begin(this.#log);
    const emitted = say(this.#log, count, `${this.#emitted.size}:`);
    for (const event of emitted) this.#emit(event);
    assert.deepEqual(
      idsOf(emitted),
      emitted.map((_, index) => idOf(emitted[0]) + index),
    );
  }

  #emit(event: NumberedEvent): void {
    assert(!this.#emitted.has(event.id), `${event.id} was told before`);
    this.#emitted.set(event.id, event);
    this.#unwritten.push(event);
  }

  #flush(): void {
    if (this.#running) this.#log.flush();
    this.#keep();
  }

  #end(): void {
    if (!this.#running) return;
    this.#emit(end(this.#log, this.#running));
    this.#keep();
    this.#running = undefined;
  }

  #keep(): void {
    this.#kept.push(...this.#unwritten);
    this.#unwritten = [];
  }

  #crash(): void {
    this.#log = crash(this.#sql);
    const left = follow(this.#log);
    const all = [...this.#kept, ...this.#unwritten];
    assert.deepEqual(left, all.slice(0, Math.max(left.length, this.#kept.length)));
    this.#kept = left;
    this.#unwritten = [];
    if (this.#running) this.#log.open(this.#running);
  }
}
