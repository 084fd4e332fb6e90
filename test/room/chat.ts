/** A chat's log under any order of events. */
import { assert } from "vitest";
import type { EventLog } from "../../src/features/turns/room/event-log.ts";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { begin, crash, emit, end, follow, idOf, idsOf, openLog } from "./turns.ts";

export type Step = { emit: number } | "flush" | "end" | "crash";

/** A log beside a model of it; throws where they differ. */
export class Chat {
  readonly #storage: DurableObjectStorage;
  #log: EventLog;
  #running: string | undefined;
  /** Every event that a subscriber could ever get, by id. */
  readonly #emitted = new Map<number, NumberedEvent>();
  #written: NumberedEvent[] = [];
  /** A crash may lose any number of these from the end. */
  #unwritten: NumberedEvent[] = [];

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#log = openLog(storage);
  }

  take(step: Step): void {
    if (typeof step === "object") this.#emit(step.emit);
    else if (step === "flush") this.#flush();
    else if (step === "end") this.#end();
    else this.#crash();
  }

  check(): void {
    assert.deepEqual(follow(this.#log), [...this.#written, ...this.#unwritten]);
  }

  #emit(count: number): void {
    this.#running ??= begin(this.#log);
    const events = emit(this.#log, count, `${this.#emitted.size}:`);
    for (const event of events) this.#add(event);
    assert.deepEqual(
      idsOf(events),
      events.map((_, index) => idOf(events[0]) + index),
    );
  }

  #add(event: NumberedEvent): void {
    assert(!this.#emitted.has(event.id), `${event.id} was emitted before`);
    this.#emitted.set(event.id, event);
    this.#unwritten.push(event);
  }

  #flush(): void {
    if (this.#running) this.#log.flush();
    this.#onWritten();
  }

  #end(): void {
    if (!this.#running) return;
    this.#add(end(this.#log, this.#running));
    this.#onWritten();
    this.#running = undefined;
  }

  #onWritten(): void {
    this.#written.push(...this.#unwritten);
    this.#unwritten = [];
  }

  #crash(): void {
    this.#log = crash(this.#storage);
    const found = follow(this.#log);
    const all = [...this.#written, ...this.#unwritten];
    assert.deepEqual(found, all.slice(0, Math.max(found.length, this.#written.length)));
    this.#written = found;
    this.#unwritten = [];
    if (this.#running) this.#log.reopen(this.#running);
  }
}
