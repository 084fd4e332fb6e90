/**
 * The small world of a seed: what its clients do, which faults its upstreams have, and when it is killed.
 * Pure.
 */
import { type Fault, randomFault, randomSqlError } from "./fault.ts";
import { Random } from "./random.ts";

export type Send = {
  kind: "send";
  chat: number;
  /** `chat` names its chat in the body, and creates one where there is none yet. */
  route: "chat" | "messages" | "stream";
  streams: boolean;
  /** Sent under a key, and repeated after and during its answer. */
  keyed: boolean;
  repeats: number;
  repeatsAtOnce: boolean;
  /** The client disconnects after this many bytes of a stream. */
  leavesAfter?: number;
};

export type Operation =
  | Send
  /**
   * `position` is the fraction of the events seen of the chat; without it, the running turn from its start.
   */
  | { kind: "resume"; chat: number; position?: number; leavesAfter?: number }
  | { kind: "regenerate"; chat: number; streams: boolean; leavesAfter?: number }
  | { kind: "edit"; chat: number; streams: boolean; leavesAfter?: number }
  | { kind: "read" | "stop" | "delete"; chat: number }
  /** Another user tries the same chat. */
  | { kind: "stranger"; chat: number; tries: "read" | "send" | "resume" | "delete" };

/** SIGKILL, during a request to Postgres, before or after it; or at any time. */
export type Kill = { beforeCall: number } | { afterCall: number } | { afterMs: number };

export type Schedule = {
  seed: number;
  /** True where a chat is created before its first message. */
  chats: boolean[];
  /** Steps run one after the other; the operations of one run together. */
  steps: Operation[][];
  postgresFaults: Map<number, Fault>;
  providerFaults: Map<number, Fault>;
  kills: Kill[];
};

/** One seed in this many has a process that is killed: those take longer. */
const KILLED_ONE_IN = 6;

/** Always the same for the same seed. `offers` are the operations that the product has. */
export function makeSchedule(seed: number, offers: ReadonlySet<string>): Schedule {
  const schedule = makeNetworkSchedule(seed, offers);
  const random = new Random(seed + SQL_ERRORS);
  const errors = randomFaults(random, random.pick([0, 0.05, 0.15]), randomSqlError);
  return { ...schedule, postgresFaults: new Map([...errors, ...schedule.postgresFaults]) };
}

/** From a random stream of their own, so that the rest of a seed's schedule stays. */
const SQL_ERRORS = 1_000_000;

/** A seed's schedule with the faults of a network alone. */
export function makeNetworkSchedule(seed: number, offers: ReadonlySet<string>): Schedule {
  const random = new Random(seed);
  const chats = Array.from({ length: random.between(1, 3) }, () => random.chance(0.5));
  const steps: Operation[][] = [];
  for (let left = random.between(3, 10); left > 0;) {
    const together = Math.min(left, random.pick([1, 1, 1, 2, 3]));
    steps.push(
      Array.from({ length: together }, () => randomOperation(random, chats.length, offers)),
    );
    left -= together;
  }
  return {
    seed,
    chats,
    steps,
    postgresFaults: randomFaults(random, random.pick([0, 0.05, 0.15]), randomFault),
    providerFaults: randomFaults(random, random.pick([0, 0.1, 0.3]), randomFault),
    kills:
      seed % KILLED_ONE_IN === 0
        ? Array.from({ length: random.between(1, 2) }, () => randomKill(random))
        : [],
  };
}

const MOST_REQUESTS = 60;

function randomFaults(
  random: Random,
  probability: number,
  make: (random: Random) => Fault,
): Map<number, Fault> {
  const faults = new Map<number, Fault>();
  for (let number = 1; number <= MOST_REQUESTS; number++) {
    const fault = make(random);
    if (random.chance(probability)) faults.set(number, fault);
  }
  return faults;
}

const LATEST_CALL = 12;
const LATEST_MS = 800;

function randomKill(random: Random): Kill {
  const call = random.between(1, LATEST_CALL);
  const afterMs = random.below(LATEST_MS);
  return random.pick<Kill>([{ beforeCall: call }, { afterCall: call }, { afterMs }]);
}

const WEIGHTS: [Operation["kind"], number][] = [
  ["send", 10],
  ["resume", 4],
  ["regenerate", 2],
  ["edit", 2],
  ["stop", 2],
  ["read", 3],
  ["delete", 1],
  ["stranger", 1],
];

function randomOperation(random: Random, chats: number, offers: ReadonlySet<string>): Operation {
  const kinds = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
  const drawn = random.pick(kinds);
  // Operations that the product does not have are replaced by reads, so that the rest of the
  // schedule stays.
  const kind =
    ["regenerate", "edit", "stop"].includes(drawn) && !offers.has(drawn) ? "read" : drawn;
  const chat = random.below(chats);
  const leaves = random.chance(0.3) ? { leavesAfter: random.below(1_500) } : {};
  if (kind === "send") return randomSend(random, chat, leaves);
  if (kind === "resume") {
    return { kind, chat, ...leaves, ...(random.chance(0.8) && { position: random.next() }) };
  }
  if (kind === "regenerate" || kind === "edit") {
    return { kind, chat, streams: random.chance(0.7), ...leaves };
  }
  if (kind !== "stranger") return { kind, chat };
  return { kind, chat, tries: random.pick(["read", "send", "resume", "delete"]) };
}

function randomSend(random: Random, chat: number, leaves: { leavesAfter?: number }): Send {
  const keyed = random.chance(0.5);
  return {
    kind: "send",
    chat,
    route: random.pick(["chat", "messages", "stream"]),
    streams: random.chance(0.7),
    keyed,
    repeats: keyed ? random.below(3) : 0,
    repeatsAtOnce: random.chance(0.5),
    ...leaves,
  };
}
