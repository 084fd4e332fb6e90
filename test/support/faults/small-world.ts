/** Runs a schedule against a Worker, lets everything settle, and records the result. */
import type { FastWorker } from "../fast-worker.ts";
import { query } from "../postgres.ts";
import { Actors, type Person } from "./actors.ts";
import { type Fault, isAnswered } from "./fault.ts";
import { type CountedCall, type History, logsOf, turnsOf } from "./history.ts";
import { Recorder } from "./recorder.ts";
import { readRows } from "./rows.ts";
import type { Kill, Schedule } from "./schedule.ts";
import { countOf, lastUserMessage } from "./seeded-provider.ts";
import type { Upstreams } from "./upstreams.ts";

export type Surroundings = {
  /** Exclusive where the schedule kills. */
  worker: FastWorker;
  upstreams: Upstreams;
  owner: Person;
  stranger: Person;
};

export async function runSchedule(schedule: Schedule, around: Surroundings): Promise<History> {
  const world = new SmallWorld(schedule, around);
  try {
    await world.live();
    await world.settle();
    return await world.describe();
  } finally {
    world.end();
  }
}

const QUIET_POLL_MS = 100;
/** Nothing is later than the longest fault: whatever is not there by then does not come. */
const QUIET_POLLS = 7;
/** Longer than a title is waited for, and saved. */
const LEDGER_POLLS = 15;
const SETTLED_WITHIN_MS = 10_000;

class SmallWorld {
  readonly #schedule: Schedule;
  readonly #around: Surroundings;
  readonly #recorder: Recorder;
  readonly #actors: Actors;
  readonly #asked: string[] = [];
  readonly #counted: CountedCall[] = [];
  #uncertain = 0;
  /** Requests to the provider. */
  #calls = 0;
  readonly #crashes: number[] = [];
  readonly #unanswered: number[] = [];
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #forget: (() => void)[];
  /** Resolves once the Worker is up again. */
  #up: Promise<void> = Promise.resolve();
  #healed = false;

  constructor(schedule: Schedule, around: Surroundings) {
    const marker = `world-${schedule.seed}-${crypto.randomUUID().slice(0, 8)}`;
    const { postgres, provider } = around.upstreams;
    this.#schedule = schedule;
    this.#around = around;
    this.#recorder = new Recorder(around.worker.url);
    this.#actors = new Actors(this.#recorder, around.owner, around.stranger, marker);
    this.#forget = [
      postgres.plan(around.owner.id, (number) => this.#onPostgres(number)),
      provider.plan(marker, (number, body) => this.#onProvider(number, body)),
    ];
  }

  async live(): Promise<void> {
    const { chats, steps, kills } = this.#schedule;
    for (const kill of kills) this.#killLater(kill);
    for (const [chat, isMade] of chats.entries()) if (isMade) await this.#actors.create(chat);
    for (const step of steps) {
      await this.#up;
      await Promise.all(step.map((operation) => this.#actors.act(operation)));
    }
  }

  /** Removes all faults, reads every turn to its end, and waits until nothing is written any more. */
  async settle(): Promise<void> {
    this.#healed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#up;
    await this.#resumeAfter();
    await this.#waitForQuiet();
    await this.#waitForLedger();
    await this.#readAgain();
  }

  async describe(): Promise<History> {
    const rows = await readRows(this.#around.owner.id);
    const known = new Set([...rows.chats.map(({ id }) => id), ...this.#chatIds()]);
    const headers = { authorization: `Bearer ${this.#around.owner.token}` };
    const views = await Promise.all(
      [...known].map(async (chatId) => {
        const response = await fetch(`${this.#around.worker.url}/chats/${chatId}`, { headers });
        return { chatId, status: response.status, body: await response.json() };
      }),
    );
    return {
      calls: this.#recorder.calls,
      crashes: this.#crashes,
      unanswered: this.#unanswered,
      asked: this.#asked,
      counted: this.#counted,
      uncertain: this.#uncertain,
      rows,
      views,
    };
  }

  end(): void {
    for (const forget of this.#forget) forget();
  }

  #chatIds(): string[] {
    return this.#actors.chatIds.filter((id) => id !== undefined);
  }

  #onPostgres(number: number): Fault | undefined {
    if (this.#healed) return undefined;
    const { kills, postgresFaults } = this.#schedule;
    const before = kills.some((kill) => "beforeCall" in kill && kill.beforeCall === number);
    const after = kills.some((kill) => "afterCall" in kill && kill.afterCall === number);
    if (after) return { kind: "swallow", onDone: () => this.#kill() };
    if (before) this.#kill();
    const fault = before ? ({ kind: "refuse" } as const) : postgresFaults.get(number);
    if (fault && !isAnswered(fault)) this.#unanswered.push(performance.now());
    return fault;
  }

  #onProvider(number: number, text: string): Fault | undefined {
    const body = JSON.parse(text);
    this.#calls++;
    if (body.stream) this.#asked.push(lastUserMessage(body));
    const count = countOf(body);
    if (count === "odd") this.#uncertain++;
    else if (count) this.#counted.push(count);
    return this.#healed ? undefined : this.#schedule.providerFaults.get(number);
  }

  #killLater(kill: Kill): void {
    if ("afterMs" in kill) this.#timers.push(setTimeout(() => this.#kill(), kill.afterMs));
  }

  #kill(): void {
    const { crash } = this.#around.worker;
    this.#crashes.push(performance.now());
    const before = this.#up;
    this.#up = before.then(crash);
  }

  /** Subscribers without the end of their turn resume. */
  async #resumeAfter(): Promise<void> {
    const logs = [...logsOf(this.#recorder)];
    await Promise.all(
      logs.map(async ([chatId, log]) => {
        const last = log.at(-1);
        if (last && last.name !== "stream_complete")
          await this.#actors.resumeAfter(chatId, last.id);
      }),
    );
  }

  /** And all turns are read once more from their first event on, from another device. */
  async #readAgain(): Promise<void> {
    const turns = [...logsOf(this.#recorder)].flatMap(([chatId, log]) =>
      turnsOf(log).map(([first]) => ({ chatId, after: first?.id ?? 0 })),
    );
    await Promise.all(turns.map(({ chatId, after }) => this.#actors.resumeAfter(chatId, after)));
  }

  /** The title of a turn that is over may still be on its way, with its cost. */
  async #waitForLedger(): Promise<void> {
    for (let left = LEDGER_POLLS; left > 0; left--) {
      const billed = await query("SELECT 1 FROM ai_usage WHERE user_id = $1", [
        this.#around.owner.id,
      ]);
      if (billed.length >= this.#calls) return;
      await new Promise((resolve) => setTimeout(resolve, QUIET_POLL_MS));
    }
  }

  async #waitForQuiet(): Promise<void> {
    const endsAt = performance.now() + SETTLED_WITHIN_MS;
    const isSure = this.#recorder.calls.every(({ status, end }) => status > 0 && end !== "left");
    for (let quiet = 0; quiet < (isSure ? 1 : QUIET_POLLS) && performance.now() < endsAt;) {
      const running = await query(
        "SELECT 1 FROM messages AS m JOIN chats ON chats.id = chat_id WHERE user_id = $1 AND status = 'streaming'",
        [this.#around.owner.id],
      );
      quiet = running.length === 0 ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, QUIET_POLL_MS));
    }
  }
}
