/** A chat's log under any order of events. */
import { assert } from "vitest";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { EventLog } from "../../src/features/turns/room/event-log.ts";
import { begin, crash, end, follow, idOf, idsOf, say } from "./turns.ts";

export type Step = { say: number } | "flush" | "end" | "crash";

/** A log beside what is expected of it; throws where they differ. */
export class Chat {
  readonly #sql: SqlStorage;
  #log: EventLog;
  #running: string | undefined;
  /** What a reader was ever told, by id. */
  readonly #told = new Map<number, NumberedEvent>();
  #kept: NumberedEvent[] = [];
  /** Of these, a crash may take any number from the end. */
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
    const told = say(this.#log, count, `${this.#told.size}:`);
    for (const event of told) this.#tell(event);
    assert.deepEqual(
      idsOf(told),
      told.map((_, place) => idOf(told[0]) + place),
    );
  }

  #tell(event: NumberedEvent): void {
    assert(!this.#told.has(event.id), `${event.id} was told before`);
    this.#told.set(event.id, event);
    this.#unwritten.push(event);
  }

  #flush(): void {
    if (this.#running) this.#log.flush();
    this.#keep();
  }

  #end(): void {
    if (!this.#running) return;
    this.#tell(end(this.#log, this.#running));
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
