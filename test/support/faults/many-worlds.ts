/** Many small worlds at once: those without kills in one Worker, each of the others in its own. */
import { type SignedIn, signUp } from "../client.ts";
import { type FastWorker, startFastWorker } from "../fast-worker.ts";
import type { Person } from "./actors.ts";
import { findViolations } from "./checker.ts";
import type { Schedule } from "./schedule.ts";
import { runSchedule } from "./small-world.ts";
import { startUpstreams, type Upstreams } from "./upstreams.ts";

/** The schedule of a seed, and what its history violates. */
export type Failure = { schedule: Schedule; violations: string[]; history: unknown };

/** As many as keep two cores busy, and no more: a world that waits for the machine sees no faults. */
const AT_ONCE = 16;
const KILLED_AT_ONCE = 3;

export class ManyWorlds {
  readonly #upstreams: Upstreams;
  readonly #shared: FastWorker;
  readonly #owners: Person[];
  readonly #stranger: Person;
  /** Which operations the product has by now. */
  readonly offers: ReadonlySet<string>;
  /** How often a process was killed so far. */
  crashes = 0;

  /** With fewer at once where there are few to come. */
  static async start(atOnce = AT_ONCE): Promise<ManyWorlds> {
    const upstreams = await startUpstreams();
    const shared = await startFastWorker(upstreams.vars);
    const people: SignedIn[] = [];
    for (let left = atOnce + KILLED_AT_ONCE + 1; left > 0; left--) people.push(await signUp());
    const [stranger, ...owners] = people.map(({ user, accessToken }) => ({
      id: String(user.id),
      token: accessToken,
    }));
    if (!stranger) throw new Error("nobody signed up");
    return new ManyWorlds(upstreams, shared, owners, stranger, await readOffers(shared.url));
  }

  private constructor(
    upstreams: Upstreams,
    shared: FastWorker,
    owners: Person[],
    stranger: Person,
    offers: ReadonlySet<string>,
  ) {
    this.#upstreams = upstreams;
    this.#shared = shared;
    this.#owners = owners;
    this.#stranger = stranger;
    this.offers = offers;
  }

  /** Carries out all schedules; what went wrong, in the order of their seeds. */
  async run(schedules: Schedule[]): Promise<Failure[]> {
    const failures: Failure[] = [];
    const [killed, others] = [true, false].map((kills) =>
      schedules.filter((schedule) => schedule.kills.length > 0 === kills),
    );
    const live = async (queue: Schedule[], owner: Person) => {
      for (let schedule = queue.shift(); schedule; schedule = queue.shift()) {
        const failure = await this.#live(schedule, owner);
        if (failure) failures.push(failure);
      }
    };
    await Promise.all(
      this.#owners.map((owner, place) =>
        live((place < KILLED_AT_ONCE ? killed : others) ?? [], owner),
      ),
    );
    return failures.toSorted((a, b) => a.schedule.seed - b.schedule.seed);
  }

  async close(): Promise<void> {
    await this.#shared.close();
    await this.#upstreams.close();
  }

  async #live(schedule: Schedule, owner: Person): Promise<Failure | undefined> {
    const own = schedule.kills.length > 0 ? await startFastWorker(this.#upstreams.vars) : undefined;
    try {
      const history = await runSchedule(schedule, {
        ...(own ?? { url: this.#shared.url }),
        upstreams: this.#upstreams,
        owner,
        stranger: this.#stranger,
      });
      this.crashes += history.crashes.length;
      const violations = findViolations(history);
      return violations.length > 0 ? { schedule, violations, history } : undefined;
    } finally {
      await own?.close();
    }
  }
}

const PATHS: [string, string, string][] = [
  ["stop", "post", "/chats/{id}/stop"],
  ["regenerate", "post", "/messages/{id}/regenerate"],
  ["edit", "patch", "/messages/{id}"],
];

/** Which operations the product has by now, by its own document. */
async function readOffers(url: string): Promise<Set<string>> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const offered = PATHS.filter(([, method, path]) => document.paths[path]?.[method] !== undefined);
  return new Set(offered.map(([kind]) => kind));
}
