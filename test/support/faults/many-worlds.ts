/** Many small worlds at once: those without kills in one Worker, the others in Workers of their own. */
import { type FastWorker, startFastWorker } from "../fast-worker.ts";
import { signUp } from "../client.ts";
import { Account } from "./account.ts";
import { findViolations } from "./checker.ts";
import type { Schedule } from "./schedule.ts";
import { runSchedule } from "./small-world.ts";
import { startUpstreams, type Upstreams } from "./upstreams.ts";

/** The schedule of a seed, and the violations of its history. */
export type Failure = { schedule: Schedule; violations: string[]; history: unknown };

/** As many as keep two cores busy, and no more: a world that waits for the machine sees no faults. */
const AT_ONCE = 16;
const KILLED_AT_ONCE = 3;

export class ManyWorlds {
  readonly #upstreams: Upstreams;
  readonly #shared: FastWorker;
  /** How many worlds there are at once. */
  readonly #lanes: number;
  readonly #stranger: Account;
  /** The operations that the product offers. */
  readonly offers: ReadonlySet<string>;
  /** How often a process was killed so far. */
  crashes = 0;

  /** With fewer at once where there are few to run. */
  static async start(atOnce = AT_ONCE): Promise<ManyWorlds> {
    const upstreams = await startUpstreams();
    const shared = await startFastWorker(upstreams.vars);
    const [stranger, offers] = [await Account.open(), await readOffers(shared.url)];
    return new ManyWorlds(upstreams, shared, atOnce + KILLED_AT_ONCE, stranger, offers);
  }

  private constructor(
    upstreams: Upstreams,
    shared: FastWorker,
    lanes: number,
    stranger: Account,
    offers: ReadonlySet<string>,
  ) {
    this.#upstreams = upstreams;
    this.#shared = shared;
    this.#lanes = lanes;
    this.#stranger = stranger;
    this.offers = offers;
  }

  /** Runs all schedules; returns the failures, in the order of their seeds. */
  async run(schedules: Schedule[]): Promise<Failure[]> {
    const isKilled = ({ kills }: Schedule) => kills.length > 0;
    const killed = schedules.filter(isKilled);
    const others = schedules.filter((schedule) => !isKilled(schedule));
    const found = await Promise.all(
      Array.from({ length: this.#lanes }, (_, index) =>
        index < KILLED_AT_ONCE ? this.#kill(killed) : this.#live(others, this.#shared),
      ),
    );
    return found.flat().toSorted((a, b) => a.schedule.seed - b.schedule.seed);
  }

  async close(): Promise<void> {
    await this.#shared.close();
    await this.#upstreams.close();
  }

  /** Runs them in a Worker that nobody else uses, as long as there are any. */
  async #kill(queue: Schedule[]): Promise<Failure[]> {
    if (queue.length === 0) return [];
    const own = await startFastWorker(this.#upstreams.vars);
    try {
      return await this.#live(queue, own);
    } finally {
      await own.close();
    }
  }

  /** Each in an account of its own: what is late of one, such as the cost of a title, is not the next one's. */
  async #live(queue: Schedule[], worker: FastWorker): Promise<Failure[]> {
    const failures: Failure[] = [];
    for (let schedule = queue.shift(); schedule; schedule = queue.shift()) {
      const { user, accessToken: token } = await signUp();
      const owner = { id: String(user.id), token };
      const people = { owner, stranger: await this.#stranger.person() };
      const around = { worker, upstreams: this.#upstreams, ...people };
      const history = await runSchedule(schedule, around);
      this.crashes += history.crashes.length;
      const violations = findViolations(history);
      if (violations.length > 0) failures.push({ schedule, violations, history });
    }
    return failures;
  }
}

const PATHS: [string, string, string][] = [
  ["stop", "post", "/chats/{id}/stop"],
  ["regenerate", "post", "/messages/{id}/regenerate"],
  ["edit", "patch", "/messages/{id}"],
];

/** The operations that the product offers, by its own document. */
async function readOffers(url: string): Promise<Set<string>> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const offered = PATHS.filter(([, method, path]) => document.paths[path]?.[method] !== undefined);
  return new Set(offered.map(([kind]) => kind));
}
